// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_PERTURBATION_H_
#define CONFORMANCE_RUNNER_PERTURBATION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace conformance {

// Random disturbances of one run, which must not change its outcome: little
// delays before messages and segments, and segments cut into pieces where the
// scenario allows it. The same seed gives the same disturbances.
class Perturbation {
 public:
  // None at all.
  Perturbation() = default;
  explicit Perturbation(std::uint64_t seed)
      : active_(true), seed_(seed), random_(seed) {}

  bool active() const { return active_; }

  // Now and then waits for up to a millisecond.
  void MaybeDelay();

  // True with a probability of one in `n`; never if not active.
  bool OneIn(int n);

  // Up to four places between 0 and `size`, both excluded, in order.
  std::vector<std::size_t> Cuts(std::size_t size);

  // "none", "seed 17".
  std::string ToString() const;

 private:
  bool active_ = false;
  std::uint64_t seed_ = 0;
  std::mt19937_64 random_;
};

// Keeps `threads` processors busy as long as it lives.
class ProcessorLoad {
 public:
  explicit ProcessorLoad(int threads);
  ~ProcessorLoad();
  ProcessorLoad(const ProcessorLoad&) = delete;
  ProcessorLoad& operator=(const ProcessorLoad&) = delete;

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_PERTURBATION_H_
