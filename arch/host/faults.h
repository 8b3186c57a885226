// Faults of the program become faults of the machine: a signal such as SIGSEGV ends in on_fault()
// (arch/upcalls.h), with what is known of the place, on a stack of its own.
//
// For programs that are a whole kernel; under AddressSanitizer and ThreadSanitizer those have a
// handler of their own, which tells more.
#ifndef BATON_ARCH_HOST_FAULTS_H_
#define BATON_ARCH_HOST_FAULTS_H_

namespace baton::arch::host {

/// From here on, in the whole process.  Before a machine runs.
void catch_faults();

/// The calling OS thread gets the stack for it; does nothing where faults are not caught.  The
/// machine, for each OS thread that plays cores.
void prepare_for_faults();

}  // namespace baton::arch::host

#endif  // BATON_ARCH_HOST_FAULTS_H_
