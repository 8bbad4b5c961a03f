// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certify_options.h"

#include <iostream>
#include <regex>  // NOLINT(build/c++11)
#include <utility>

#include "CLI/CLI.hpp"

namespace conformance {
namespace {

constexpr char kDescription[] =
    "Certifies an implementation of asyncio streams against CPython: runs "
    "scenarios\nagainst a testee, a small program that speaks the testee "
    "protocol\n(conformance/protocol/README.md), and reports every divergence.";

constexpr char kExamples[] = R"(
Examples:
  certify
      the reference implementation, all scenarios
  certify --testee "python3 my_testee.py" --filter '^read-until/'
      another program, some scenarios
  certify --scenarios my.scenario --oracle live
      scenarios of your own, judged by what the machine's python3 does
  certify --testee "…" --expected-failures known.failures --fix
      writes down what fails today; from then on, only changes are reported
  certify --repeat 20 --perturb 1 --load 4
      the same verdicts, with disturbances and the processors busy?

Exit status:
  0  all is as expected
  1  something is not
  2  the command line, or a file that it names, is wrong
  3  the testee could not be started, or does not speak the protocol
  4  nothing, or less than the canonical set, ran
)";

// An empty value is a script's empty variable: to certify something else
// instead would be a false statement.
const CLI::Validator& IsNotEmpty() {
  static const CLI::Validator& check = *new CLI::Validator(
      [](std::string& value) {
        return value.empty() ? std::string("the value is empty")
                             : std::string();
      },
      /*validator_desc_=*/"");
  return check;
}

struct Raw {
  std::string oracle;
  double deadline_seconds = 10;
  std::uint64_t seed = 0;
};

void AddSelection(CLI::App& app, CertifyOptions& options, Raw& raw) {
  app.add_option("--testee", options.testee,
                 "The program to certify, as a command line")
      ->type_name("COMMAND")
      ->check(IsNotEmpty());
  app.add_option("--edition", options.edition,
                 "Judge by this version of CPython (default: the one that the "
                 "testee claims)")
      ->type_name("3.x")
      ->check(IsNotEmpty());
  app.add_option("--oracle", raw.oracle,
                 "What is expected: 'recorded' outcomes, and no Python is "
                 "needed; or 'live': what CPython does right now (default: "
                 "recorded, and python3 has to agree with the recording)")
      ->type_name("recorded|live[:PYTHON]")
      ->check(IsNotEmpty());
  app.add_option("--scenarios", options.scenarios,
                 "Scenario files, or folders of them, recorded or not")
      ->type_name("PATH")
      ->check(IsNotEmpty());
  app.add_option("--filter", options.filter,
                 "Only scenarios whose id has a match of this; of several, the "
                 "last one counts")
      ->type_name("REGEX")
      // A test of Bazel that has one is repeated with another behind it.
      ->take_last();
  app.add_flag("--list", options.list, "Only list the ids of the scenarios");
  app.add_option("--expected-failures", options.expected_failures_path,
                 "Failures that are known; anything else is unexpected")
      ->type_name("FILE")
      ->check(IsNotEmpty());
  app.add_flag("--fix", options.fix, "Rewrite the file of expected failures");
}

void AddExecution(CLI::App& app, CertifyOptions& options, Raw& raw) {
  app.add_option("--deadline", raw.deadline_seconds,
                 "Whatever takes longer hangs (default: 10)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.01, 3600.0));
  app.add_option("--jobs", options.jobs,
                 "Testee processes at a time (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  app.add_option("--repeat", options.repeat, "Run each scenario so many times")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--perturb", raw.seed,
                 "Disturb the runs (delays, cut segments, another order), in a "
                 "way that SEED decides")
      ->type_name("SEED");
  app.add_option("--load", options.load_threads,
                 "Keep N processors busy meanwhile")
      ->type_name("N")
      ->check(CLI::Range(0, 64));
}

void AddReporting(CLI::App& app, CertifyOptions& options) {
  app.add_option("--json", options.json_path, "Write the result here as JSON")
      ->type_name("PATH")
      ->check(IsNotEmpty());
  app.add_option("--histories", options.histories_path,
                 "Write what the testee did, step by step")
      ->type_name("PATH")
      ->check(IsNotEmpty());
  app.add_option("--recheck", options.recheck_path,
                 "Judge such histories again, without a testee")
      ->type_name("PATH")
      ->check(IsNotEmpty());
  app.add_flag("--observe", options.observe,
               "Do not judge, only write the histories");
  app.add_flag("--verbose", options.verbose,
               "Show the messages of scenarios that fail");
}

// For tools/certify and other wrappers.
void AddDefaults(CLI::App& app, CertifyOptions& options) {
  const char* const kHidden = "";  // CLI11 does not list this group.
  app.add_option("--default-testee", options.default_testee)->group(kHidden);
  app.add_option("--oracle-program", options.oracle_program)->group(kHidden);
  app.add_option("--default-scenarios", options.default_scenarios)
      ->group(kHidden);
  app.add_option("--reproduce-with", options.reproduce_with)->group(kHidden);
}

bool ParseOracle(const std::string& text, CertifyOptions& options) {
  if (text.empty()) return true;
  if (text == "recorded") {
    options.oracle = OracleMode::kRecorded;
    return true;
  }
  if (text == "live" || (text.rfind("live:", 0) == 0 && text.size() > 5)) {
    options.oracle = OracleMode::kLive;
    if (text.size() > 5) options.python = text.substr(5);
    return true;
  }
  return false;
}

// What is wrong with options that are right one by one; empty: nothing.
std::string Contradiction(const CertifyOptions& options) {
  if (options.fix && options.expected_failures_path.empty()) {
    return "--fix needs --expected-failures FILE";
  }
  if (options.fix && !options.filter.empty()) {
    return "--fix would drop what --filter leaves out: run all scenarios";
  }
  if (options.observe && options.histories_path.empty()) {
    return "--observe needs --histories PATH, to have somewhere to write to";
  }
  if (options.observe && !options.recheck_path.empty()) {
    return "--observe and --recheck exclude each other";
  }
  if (options.scenarios.empty() && options.default_scenarios.empty()) {
    return "which scenarios? Give --scenarios PATH";
  }
  const bool needs_testee = !options.list && options.recheck_path.empty();
  if (needs_testee && options.testee.empty() &&
      options.default_testee.empty()) {
    return "which testee? Give --testee \"COMMAND\"";
  }
  if (options.oracle == OracleMode::kLive && options.oracle_program.empty()) {
    return "--oracle live needs --oracle-program, the oracle's testee";
  }
  return "";
}

ExitStatus UsageError(const std::string& message) {
  std::cerr << "certify: " << message << "\nSee certify --help.\n";
  return ExitStatus::kUsage;
}

}  // namespace

std::variant<CertifyOptions, ExitStatus> ParseCertifyOptions(
    int argc, const char* const* argv) {
  CertifyOptions options;
  Raw raw;
  CLI::App app(kDescription, "certify");
  app.footer(kExamples);
  AddSelection(app, options, raw);
  AddExecution(app, options, raw);
  AddReporting(app, options);
  AddDefaults(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return ExitStatus::kAsExpected;
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
  if (!ParseOracle(raw.oracle, options)) {
    return UsageError("--oracle is 'recorded', 'live' or 'live:PYTHON', not '" +
                      raw.oracle + "'");
  }
  try {
    const std::regex compiled(options.filter);
  } catch (const std::regex_error& error) {
    return UsageError("--filter is not a regular expression: " +
                      options.filter + " (" + error.what() + ")");
  }
  options.deadline = std::chrono::milliseconds(
      static_cast<std::int64_t>(raw.deadline_seconds * 1000));
  if (app.count("--perturb") > 0) options.perturbation_seed = raw.seed;
  if (std::string problem = Contradiction(options); !problem.empty()) {
    return UsageError(problem);
  }
  return options;
}

}  // namespace conformance
