# SPDX-License-Identifier: Apache-2.0
"""Where a machine ends: from the CPU time of a request to cores and networks.

What is measured is a request over loopback. It contains the system calls, TCP
and the copying, but no driver of a network card and no interrupts of one: a real
server needs more, and these are upper bounds.
"""

import math

# Of an Ethernet frame that carries 1,448 bytes of TCP with time stamps: preamble
# 8, header 14, IP 20, TCP 32, check sum 4, gap 12.
_FRAME_OVERHEAD = 90
_SEGMENT = 1448
# Networks, in bits a second and direction.
NETWORKS = {"10 Gbit/s": 10e9, "25 Gbit/s": 25e9, "100 Gbit/s": 100e9}


def bits_on_the_wire(message_bytes):
    """Of a message in one direction; its acknowledgement goes with the answer."""
    segments = max(1, math.ceil(message_bytes / _SEGMENT))
    return 8 * (message_bytes + segments * _FRAME_OVERHEAD)


def rate_of_a_core(cpu_microseconds):
    return 1e6 / cpu_microseconds


def rate_of_a_network(bits_per_second, message_bytes):
    return bits_per_second / bits_on_the_wire(message_bytes)


def cores_to_fill(bits_per_second, message_bytes, cpu_microseconds):
    """So many cores that do nothing else make the network the limit."""
    return rate_of_a_network(bits_per_second, message_bytes) / rate_of_a_core(
        cpu_microseconds
    )
