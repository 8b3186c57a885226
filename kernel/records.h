// Whether the kernel keeps records for people: what each core did lately (kernel/trace), the CPU
// time of threads, and how often the scheduler did what.
//
// An image without them, `kernel_image(..., small = True)`, is smaller, and a switch from one
// thread to another does not look at the clock.  The sources, the checks and the functions are the
// same; the numbers read zero, and a failed check has an address in place of words.
#ifndef BATON_KERNEL_RECORDS_H_
#define BATON_KERNEL_RECORDS_H_

namespace baton::kernel {

#ifdef BATON_SMALL
inline constexpr bool kKeepsRecords = false;
#else
inline constexpr bool kKeepsRecords = true;
#endif

}  // namespace baton::kernel

#endif  // BATON_KERNEL_RECORDS_H_
