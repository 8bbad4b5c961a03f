// SPDX-License-Identifier: Apache-2.0
//
// check FILE…: reads scenario files and shows what is wrong with them. Exit
// status 0 if there is no error, 1 if there is one, 2 if a file cannot be read.

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "conformance/scenario/expansion.h"
#include "conformance/scenario/parser.h"
#include "conformance/scenario/problem.h"
#include "conformance/scenario/validator.h"

int main(int argc, char** argv) {
  int status = argc > 1 ? 0 : 2;
  size_t scenarios = 0;
  size_t variants = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
      std::cerr << argv[i] << ": cannot be read\n";
      return 2;
    }
    conformance::ParsedFile parsed = conformance::ParseScenarios(argv[i], text);
    std::vector<conformance::Problem> problems = std::move(parsed.problems);
    if (!conformance::HasErrors(problems)) {
      problems = conformance::Validate(parsed.file);
    }
    for (const conformance::Problem& problem : problems) {
      std::cout << conformance::FormatProblem(argv[i], text, problem);
    }
    if (conformance::HasErrors(problems)) status = 1;
    scenarios += parsed.file.scenarios.size();
    for (const conformance::Scenario& scenario : parsed.file.scenarios) {
      variants += conformance::Expand(scenario).size();
    }
  }
  if (argc == 1) std::cerr << "usage: check FILE...\n";
  std::cout << scenarios << " scenarios, " << variants << " with variants\n";
  return status;
}
