// SPDX-License-Identifier: Apache-2.0

#include "streams/testing/tls_contexts.h"

#include <cstdlib>
#include <memory>

namespace streams {

const TestAuthority& DefaultTestAuthority() {
  static const TestAuthority* const authority =
      new TestAuthority("Test authority");
  return *authority;
}

std::shared_ptr<SslContext> TestClientContext() {
  return TestClientContext(DefaultTestAuthority());
}

std::shared_ptr<SslContext> TestClientContext(const TestAuthority& authority) {
  return SslContext::CreateDefault(
             Purpose::kServerAuth,
             VerifyLocations().set_cadata(authority.certificate()))
      .value();
}

std::shared_ptr<SslContext> TestServerContext() {
  return TestServerContext(
      DefaultTestAuthority().Issue(TestCertificateOptions()));
}

std::shared_ptr<SslContext> TestServerContext(
    const TestCertificate& certificate) {
  std::shared_ptr<SslContext> context =
      SslContext::CreateDefault(Purpose::kClientAuth).value();
  // In a test there is nothing to recover for.
  if (!context->LoadCertChainPem(certificate.certificate, certificate.key, "")
           .ok()) {
    std::abort();
  }
  return context;
}

}  // namespace streams
