// SPDX-License-Identifier: Apache-2.0

// Prints "<errno> <Python's class>" for every errno: see error_kinds_test.py.
#include <cstdio>

#include "streams/os/error.h"

int main() {
  for (int number = 1; number < 200; ++number) {
    std::printf("%d %s\n", number,
                streams::ErrorKindName(streams::ErrorKindOfErrno(number)));
  }
}
