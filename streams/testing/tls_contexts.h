// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTING_TLS_CONTEXTS_H_
#define STREAMS_TESTING_TLS_CONTEXTS_H_

#include <memory>

#include "streams/testing/test_certificate.h"
#include "streams/tls/ssl_context.h"

namespace streams {

// One for a whole test program.
const TestAuthority& DefaultTestAuthority();

// create_default_context()'s, trusting that authority; or another.
std::shared_ptr<SslContext> TestClientContext();
std::shared_ptr<SslContext> TestClientContext(const TestAuthority& authority);

// Of a server "localhost" with a new certificate of that authority; or with one
// of its own.
std::shared_ptr<SslContext> TestServerContext();
std::shared_ptr<SslContext> TestServerContext(
    const TestCertificate& certificate);

}  // namespace streams

#endif  // STREAMS_TESTING_TLS_CONTEXTS_H_
