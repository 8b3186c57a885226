#include "tests/model/trace.h"

#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace baton::model {

namespace {

const char* verb(const Step& step) {
  switch (step.operation.kind) {
    case Kind::kLoad:
      return "load";
    case Kind::kAwait:
      return "await";
    case Kind::kStore:
      return "store";
    case Kind::kModify:
      return "modify";
    case Kind::kCompareExchange:
      return step.outcome.wrote ? "cas, done" : "cas, failed";
    case Kind::kFence:
      return "fence";
    case Kind::kPlainRead:
      return "read plain";
    case Kind::kPlainWrite:
      return "write plain";
    case Kind::kMask:
      return "mask irqs";
    case Kind::kRelax:
      return "relax";
  }
  return "?";
}

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  char text[200];
  std::va_list values;
  va_start(values, pattern);
  std::vsnprintf(text, sizeof(text), pattern, values);
  va_end(values);
  return text;
}

std::string values(const Step& step, const std::vector<const char*>& names) {
  const Operation& operation = step.operation;
  if (operation.kind == Kind::kFence || !operation.is_atomic()) return "";
  if (operation.kind == Kind::kStore) return format("wrote 0x%" PRIx64, operation.operand);
  const Outcome& outcome = step.outcome;
  std::string text = format("read 0x%" PRIx64, outcome.value);
  text += outcome.read_step < 0
              ? std::string(" (initial)")
              : format(" (%s, step %d)", names[static_cast<std::size_t>(outcome.read_thread)],
                       outcome.read_step);
  if (outcome.wrote) {
    const std::uint64_t wrote = operation.kind == Kind::kModify
                                    ? operation.modify(outcome.value, operation.operand)
                                    : operation.operand;
    text += format(", wrote 0x%" PRIx64, wrote);
  }
  return text;
}

}  // namespace

const char* to_string(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_consume:
      return "consume";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
  }
  return "?";
}

std::string short_path(const char* file) {
  const std::string_view path = file;
  for (const std::string_view top : {"sync/", "kernel/", "tests/"}) {
    const std::size_t at = path.rfind(top);
    if (at != std::string_view::npos) return std::string(path.substr(at));
  }
  return std::string(path);
}

std::string to_string(const std::vector<Step>& steps, const std::vector<const char*>& names) {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const Operation& operation = step.operation;
    const bool failed = operation.kind == Kind::kCompareExchange && !step.outcome.wrote;
    const std::memory_order order = failed ? operation.failure_order : operation.order;
    text += format("  %3d  %-10s %-12s %-8s #%-3d %-44s", static_cast<int>(i),
                   names[static_cast<std::size_t>(step.thread)], verb(step),
                   operation.is_atomic() ? to_string(order) : "", operation.location,
                   values(step, names).c_str());
    text += format(" %s:%u\n", short_path(operation.where.file_name()).c_str(),
                   static_cast<unsigned>(operation.where.line()));
  }
  return text;
}

}  // namespace baton::model
