// SPDX-License-Identifier: Apache-2.0
//
// The echo server on libuv, as its guide has it, with uv_try_write() first, as
// Node.js does:
//
//   libuv_echo_server --port=N [--mode=echo|line] [--cork] [--host=127.0.0.1]
//
// --cork: the answers to the lines of one read go back in one write.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace {

constexpr size_t kReadSize = 65536;
constexpr int kBacklog = 4096;

bool lines = false;
bool cork = false;
char read_buffer[kReadSize];
std::string corked_answers;

struct Connection {
  uv_tcp_t handle;
  std::string partial_line;
  size_t unsent = 0;  // Writes that are under way.
};

struct Write {
  uv_write_t request;
  std::string data;
};

void Check(int result, const char* what) {
  if (result >= 0) return;
  fprintf(stderr, "libuv_echo_server: %s: %s\n", what, uv_strerror(result));
  exit(1);
}

void Close(Connection* connection) {
  auto* const handle = reinterpret_cast<uv_handle_t*>(&connection->handle);
  if (uv_is_closing(handle)) return;
  uv_close(handle, [](uv_handle_t* closed) {
    delete static_cast<Connection*>(closed->data);
  });
}

void OnWritten(uv_write_t* request, int status) {
  const std::unique_ptr<Write> write(static_cast<Write*>(request->data));
  auto* const connection = static_cast<Connection*>(request->handle->data);
  --connection->unsent;
  if (status < 0) Close(connection);
}

void Send(Connection* connection, const char* data, size_t size) {
  auto* const stream = reinterpret_cast<uv_stream_t*>(&connection->handle);
  uv_buf_t buffer =
      uv_buf_init(const_cast<char*>(data), static_cast<unsigned>(size));
  if (connection->unsent == 0) {
    const int sent = uv_try_write(stream, &buffer, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
      Close(connection);
      return;
    }
    const size_t taken = sent < 0 ? 0 : static_cast<size_t>(sent);
    if (taken == size) return;
    data += taken;
    size -= taken;
  }
  auto* const write = new Write{{}, std::string(data, size)};
  write->request.data = write;
  buffer = uv_buf_init(&write->data[0], static_cast<unsigned>(size));
  ++connection->unsent;
  Check(uv_write(&write->request, stream, &buffer, 1, OnWritten), "uv_write");
}

void Answer(Connection* connection, const char* line, size_t size) {
  if (cork) {
    corked_answers.append(line, size);
  } else {
    Send(connection, line, size);
  }
}

void SendLines(Connection* connection, const char* data, size_t size) {
  std::string& partial_line = connection->partial_line;
  while (size > 0) {
    const void* const newline = memchr(data, '\n', size);
    if (newline == nullptr) {
      partial_line.append(data, size);
      break;
    }
    const size_t length =
        static_cast<size_t>(static_cast<const char*>(newline) - data) + 1;
    if (partial_line.empty()) {
      Answer(connection, data, length);
    } else {
      partial_line.append(data, length);
      Answer(connection, partial_line.data(), partial_line.size());
      partial_line.clear();
    }
    data += length;
    size -= length;
  }
  if (!corked_answers.empty()) {
    Send(connection, corked_answers.data(), corked_answers.size());
    corked_answers.clear();
  }
}

void OnRead(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
  auto* const connection = static_cast<Connection*>(stream->data);
  if (count < 0) {
    Close(connection);
  } else if (lines) {
    SendLines(connection, buffer->base, static_cast<size_t>(count));
  } else if (count > 0) {
    Send(connection, buffer->base, static_cast<size_t>(count));
  }
}

// Nobody keeps what was read beyond the callback: one buffer does for all.
void OnBufferWanted(uv_handle_t* /*handle*/, size_t /*suggested*/,
                    uv_buf_t* buffer) {
  *buffer = uv_buf_init(read_buffer, sizeof read_buffer);
}

void OnConnection(uv_stream_t* listener, int status) {
  Check(status, "listen");
  auto* const connection = new Connection;
  Check(uv_tcp_init(listener->loop, &connection->handle), "uv_tcp_init");
  connection->handle.data = connection;
  auto* const stream = reinterpret_cast<uv_stream_t*>(&connection->handle);
  Check(uv_accept(listener, stream), "uv_accept");
  uv_tcp_nodelay(&connection->handle, 1);
  Check(uv_read_start(stream, OnBufferWanted, OnRead), "uv_read_start");
}

bool Matches(const char* argument, const char* flag, std::string* value) {
  const size_t length = strlen(flag);
  if (strncmp(argument, flag, length) != 0) return false;
  *value = argument + length;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::string host = "127.0.0.1";
  std::string port;
  std::string mode;
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--cork") == 0) {
      cork = true;
      continue;
    }
    if (!Matches(argv[i], "--port=", &port) &&
        !Matches(argv[i], "--mode=", &mode) &&
        !Matches(argv[i], "--host=", &host)) {
      fprintf(stderr, "libuv_echo_server: unknown argument %s\n", argv[i]);
      return 2;
    }
  }
  lines = mode == "line";
  // As its guide has it: libuv writes without MSG_NOSIGNAL.
  signal(SIGPIPE, SIG_IGN);
  uv_loop_t* const loop = uv_default_loop();
  uv_tcp_t listener;
  Check(uv_tcp_init(loop, &listener), "uv_tcp_init");
  sockaddr_in address;
  Check(uv_ip4_addr(host.c_str(), atoi(port.c_str()), &address), "host");
  Check(uv_tcp_bind(&listener, reinterpret_cast<sockaddr*>(&address), 0),
        "bind");
  Check(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), kBacklog,
                  OnConnection),
        "listen");
  int size = sizeof address;
  uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&address), &size);
  printf("listening on %s:%d\n", host.c_str(), ntohs(address.sin_port));
  fflush(stdout);
  return uv_run(loop, UV_RUN_DEFAULT);
}
