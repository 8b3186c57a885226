// How far two words are apart, in typing mistakes: a character too many, too few, another one, or
// two neighbours swapped.  For "did you mean".
#ifndef BATON_KERNEL_SHELL_EDIT_DISTANCE_H_
#define BATON_KERNEL_SHELL_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace baton::kernel::shell {

/// The number of mistakes between `a` and `b`, or `limit` + 1 if there are more than `limit`. Words
/// of more than 32 characters are always too far apart.  Any context.  O(a.size() * b.size()).
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_EDIT_DISTANCE_H_
