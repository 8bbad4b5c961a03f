// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certificate_filling.h"

#include <string>
#include <utility>

namespace conformance {

void FillCertificates(absl::string_view function, NamedValues& keywords,
                      ScenarioFolder& folder) {
  if (function != "client_context" && function != "server_context") return;
  for (const absl::string_view keyword : {"ca", "certificate"}) {
    const Value* value = FindNamed(keywords, keyword);
    const auto* name =
        value == nullptr ? nullptr : value->get_if<std::string>();
    if (name == nullptr) continue;
    std::string path = folder.CertificatePath(*name);
    if (!path.empty()) SetNamed(keywords, keyword, std::move(path));
  }
}

void FillCertificatesInArguments(std::vector<Value>& arguments,
                                 NamedValues& keywords,
                                 ScenarioFolder& folder) {
  const auto fill = [&](Value& argument) {
    auto* call = argument.get_if<CallValue>();
    if (call == nullptr) return;
    FillCertificatesInArguments(call->args, call->kwargs, folder);
    if (call->target.empty()) {
      FillCertificates(call->call, call->kwargs, folder);
    }
  };
  for (Value& argument : arguments) fill(argument);
  for (auto& [name, argument] : keywords) fill(argument);
}

}  // namespace conformance
