// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_TLS_VALUES_H_
#define STREAMS_TESTEE_TLS_VALUES_H_

#include "conformance/protocol/value.h"
#include "streams/streams.h"

namespace streams::testee {

// What Python's ssl makes of them.
conformance::Value CipherToValue(const SslObject& ssl_object);
// None if the peer has shown no certificate, {} if nobody has verified it.
conformance::Value CertificateToValue(const SslObject& ssl_object);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_TLS_VALUES_H_
