# SPDX-License-Identifier: Apache-2.0
"""Keeps the list of areas and the files that are there the same."""

def check_list(areas):
    """Fails if a scenario file is not listed, or the list is not in order.

    Args:
      areas: the names of the files, without their extension.
    """
    suffix = ".scenario"
    found = [name[:-len(suffix)] for name in native.glob(["*" + suffix])]
    for name in found:
        if name not in areas:
            fail("add \"%s\" to AREAS in %s/BUILD" % (name, native.package_name()))
    for name in areas:
        if name not in found:
            fail("there is no %s%s: remove it from AREAS in %s/BUILD" %
                 (name, suffix, native.package_name()))
    if areas != sorted(areas):
        fail("AREAS in %s/BUILD is not in order" % native.package_name())
