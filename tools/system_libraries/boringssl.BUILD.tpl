# SPDX-License-Identifier: Apache-2.0
"""BoringSSL, from android-libboringssl-dev, with upstream's labels."""

package(default_visibility = ["//visibility:public"])

# Named by path, since -lssl would find OpenSSL; found again at run time by the
# run path, since the folder is not one that the loader searches.
cc_library(
    name = "crypto",
    hdrs = glob(
        ["include/openssl/*.h"],
        exclude = [
            "include/openssl/dtls1.h",
            "include/openssl/srtp.h",
            "include/openssl/ssl.h",
            "include/openssl/ssl3.h",
            "include/openssl/tls1.h",
        ],
    ),
    includes = ["include"],
    linkopts = [
        "%{multiarch_folder}/android/libcrypto.so",
        "-Wl,-rpath,%{multiarch_folder}/android",
    ],
)

cc_library(
    name = "ssl",
    hdrs = [
        "include/openssl/dtls1.h",
        "include/openssl/srtp.h",
        "include/openssl/ssl.h",
        "include/openssl/ssl3.h",
        "include/openssl/tls1.h",
    ],
    includes = ["include"],
    linkopts = [
        "%{multiarch_folder}/android/libssl.so",
        "-Wl,-rpath,%{multiarch_folder}/android",
    ],
    deps = [":crypto"],
)
