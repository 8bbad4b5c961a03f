// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/perturbation.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"

namespace conformance {

bool Perturbation::OneIn(int n) {
  if (!active_) return false;
  return std::uniform_int_distribution<int>(1, n)(random_) == 1;
}

void Perturbation::MaybeDelay() {
  if (!OneIn(3)) return;
  const std::chrono::microseconds delay(
      std::uniform_int_distribution<int>(0, 1000)(random_));
  std::this_thread::sleep_for(delay);
}

std::vector<std::size_t> Perturbation::Cuts(std::size_t size) {
  std::vector<std::size_t> cuts;
  if (!active_ || size < 2) return cuts;
  const int count = std::uniform_int_distribution<int>(0, 4)(random_);
  for (int i = 0; i < count; ++i) {
    cuts.push_back(
        std::uniform_int_distribution<std::size_t>(1, size - 1)(random_));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

std::string Perturbation::ToString() const {
  return active_ ? absl::StrCat("seed ", seed_) : "none";
}

ProcessorLoad::ProcessorLoad(int threads) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      volatile std::uint64_t sum = 0;
      while (!stop_.load(std::memory_order_relaxed)) sum = sum + 1;
    });
  }
}

ProcessorLoad::~ProcessorLoad() {
  stop_.store(true, std::memory_order_relaxed);
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace conformance
