// The main function of a flavour's torture: on the flavour itself, or, told so, on one that lies.
#ifndef BATON_TESTS_TORTURE_FLAVOUR_MAIN_H_
#define BATON_TESTS_TORTURE_FLAVOUR_MAIN_H_

#include <atomic>
#include <optional>
#include <thread>

#include "sync/rcu/hosted/reclaimer.h"
#include "tests/stress/stress.h"
#include "tests/torture/arguments.h"
#include "tests/torture/lying_domain.h"
#include "tests/torture/torture.h"

namespace baton::torture {

/// What a reclaimer does, for a domain that it does not know.
template <class Domain>
class LyingReclaimer {
 public:
  explicit LyingReclaimer(Domain& domain) : domain_(domain), thread_([this] { run(); }) {}
  ~LyingReclaimer() {
    stop_.store(true, std::memory_order_relaxed);  // relaxed: as soon as may be
    thread_.join();
  }
  LyingReclaimer(const LyingReclaimer&) = delete;
  LyingReclaimer& operator=(const LyingReclaimer&) = delete;

 private:
  void run() {
    while (!stop_.load(std::memory_order_relaxed)) {  // relaxed: as soon as may be
      if (domain_.process() == 0) stress::yield_now();
    }
  }

  Domain& domain_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

template <class Flavour>
int flavour_main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, lies());
  stress::Verdict verdict;
  if (arguments.busted.empty()) {
    Flavour domain;
    const sync::RcuReclaimer reclaimer(domain);
    Torture<Flavour>(domain, arguments, verdict).run();
  } else {
    using Lying = LyingDomain<Flavour>;
    const Lie lie = lie_of(arguments.busted);
    Lying domain(lie);
    std::optional<LyingReclaimer<Lying>> reclaimer;
    // Somebody who runs callbacks would run the one that the barrier forgets.
    if (lie != Lie::kBarrierForgetsOne) reclaimer.emplace(domain);
    Torture<Lying>(domain, arguments, verdict).run();
  }
  return verdict.finish(arguments);
}

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_FLAVOUR_MAIN_H_
