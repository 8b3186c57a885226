// From a round to a thread that goes round for ever.
#ifndef BATON_BENCH_THREAD_METRIC_LOOPS_H_
#define BATON_BENCH_THREAD_METRIC_LOOPS_H_

namespace baton::thread_metric {

template <void (*kRound)()>
void forever(void* /*argument*/) {
  for (;;) kRound();
}

}  // namespace baton::thread_metric

#endif  // BATON_BENCH_THREAD_METRIC_LOOPS_H_
