// Objects that a model program makes and destroys: memory is kept until the execution ends, so that
// a use after free meets a dead object rather than somebody else's.
#ifndef BATON_TESTS_MODEL_HEAP_H_
#define BATON_TESTS_MODEL_HEAP_H_

#include <new>
#include <utility>
#include <vector>

namespace baton::model {

class Heap {
 public:
  Heap() = default;
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap() { reset(); }

  template <class T, class... Args>
  T* make(Args&&... args) {
    void* const memory = ::operator new(sizeof(T));
    blocks_.push_back({memory, true});
    return new (memory) T{std::forward<Args>(args)...};
  }

  /// Null, or what is wrong.  T's destructor marks what is inside as dead.
  template <class T>
  const char* destroy(T* object) {
    for (Block& block : blocks_) {
      if (block.memory != object) continue;
      if (!block.alive) return "double free";
      block.alive = false;
      object->~T();
      return nullptr;
    }
    return "freed, but was never made";
  }

  bool has_leak() const {
    for (const Block& block : blocks_) {
      if (block.alive) return true;
    }
    return false;
  }

  void reset() {
    for (const Block& block : blocks_) ::operator delete(block.memory);
    blocks_.clear();
  }

 private:
  struct Block {
    void* memory;
    bool alive;
  };
  std::vector<Block> blocks_;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_HEAP_H_
