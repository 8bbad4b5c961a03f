// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_OBJECTS_H_
#define STREAMS_TESTEE_OBJECTS_H_

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "streams/streams.h"
#include "streams/testee/item.h"
#include "streams/testee/recording_transport.h"

namespace streams::testee {

struct ReaderObject final : Object {
  explicit ReaderObject(std::unique_ptr<StreamReader> held)
      : reader(std::move(held)) {}
  const char* class_name() const override { return "StreamReader"; }

  std::unique_ptr<StreamReader> reader;
};

struct WriterObject final : Object {
  explicit WriterObject(std::unique_ptr<StreamWriter> held)
      : writer(std::move(held)) {}
  const char* class_name() const override { return "StreamWriter"; }

  std::unique_ptr<StreamWriter> writer;
};

// asyncio's transport, or the recording one, which has a class of its own.
struct TransportObject : Object {
  explicit TransportObject(std::shared_ptr<Transport> held)
      : transport(std::move(held)) {}
  const char* class_name() const override {
    return transport->GetSslObject() != nullptr ? "_SSLProtocolTransport"
                                                : "_SelectorSocketTransport";
  }

  std::shared_ptr<Transport> transport;
};

struct RecordingTransportObject final : TransportObject {
  explicit RecordingTransportObject(std::shared_ptr<RecordingTransport> held)
      : TransportObject(held), recording(std::move(held)) {}
  const char* class_name() const override { return "Transport"; }

  std::shared_ptr<RecordingTransport> recording;
};

// The connections that callback `accept` took and nobody asked for yet.
using AcceptedPairs = std::deque<StreamPair>;

struct ServerObject final : Object {
  ServerObject(std::shared_ptr<Server> held,
               std::shared_ptr<AcceptedPairs> pairs)
      : server(std::move(held)), accepted(std::move(pairs)) {}
  const char* class_name() const override { return "Server"; }

  std::shared_ptr<Server> server;
  std::shared_ptr<AcceptedPairs> accepted;  // Null: another callback.
};

struct SocketObject final : Object {
  explicit SocketObject(std::shared_ptr<StreamSocket> held)
      : socket(std::move(held)) {}
  const char* class_name() const override { return "socket"; }

  std::shared_ptr<StreamSocket> socket;
};

struct TransportSocketObject final : Object {
  explicit TransportSocketObject(std::shared_ptr<const StreamSocket> held)
      : socket(std::move(held)) {}
  const char* class_name() const override { return "TransportSocket"; }

  std::shared_ptr<const StreamSocket> socket;
};

struct SslContextObject final : Object {
  explicit SslContextObject(std::shared_ptr<SslContext> held)
      : context(std::move(held)) {}
  const char* class_name() const override { return "SSLContext"; }

  std::shared_ptr<SslContext> context;
};

struct SslObjectObject final : Object {
  explicit SslObjectObject(std::shared_ptr<const SslObject> held)
      : ssl_object(std::move(held)) {}
  const char* class_name() const override { return "SSLObject"; }

  std::shared_ptr<const SslObject> ssl_object;
};

// Something of which there is nothing but the class to tell.
struct OpaqueObject final : Object {
  explicit OpaqueObject(std::string name) : name_(std::move(name)) {}
  const char* class_name() const override { return name_.c_str(); }

 private:
  std::string name_;
};

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_OBJECTS_H_
