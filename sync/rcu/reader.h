// `BasicRcuReader<Domain>`: a read section, as a guard and as a token.
//
// What readers share is reached only with a `const BasicRcuReader<Domain>&` in hand, and what was
// got lives no longer than it, as far as the compiler follows.  Sections nest.
//
// Any context that the domain lets read; stays in the context that made it.
#ifndef BATON_SYNC_RCU_READER_H_
#define BATON_SYNC_RCU_READER_H_

#include "base/annotations.h"

namespace baton::sync {

template <class Domain>
class [[nodiscard]] BasicRcuReader {
 public:
  explicit BasicRcuReader(Domain& domain = Domain::default_domain()) noexcept : domain_(domain) {
    domain_.lock();
  }
  ~BasicRcuReader() { domain_.unlock(); }
  BasicRcuReader(const BasicRcuReader&) = delete;
  BasicRcuReader& operator=(const BasicRcuReader&) = delete;

  Domain& domain() const { return domain_; }

 private:
  Domain& domain_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_READER_H_
