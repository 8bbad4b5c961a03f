// SPDX-License-Identifier: Apache-2.0

// The echo server in Go, a goroutine for each connection.
//
//	go_echo_server --port=N [--mode=echo|line] [--cork] [--host=127.0.0.1]
//	               [--tls_cert=FILE --tls_key=FILE]
//
// --cork: lines are answered into a bufio.Writer, which is flushed before more
// is read.
package main

import (
	"bufio"
	"crypto/tls"
	"flag"
	"fmt"
	"net"
	"os"
)

const bufferSize = 65536

func echo(connection net.Conn) {
	buffer := make([]byte, bufferSize)
	for {
		size, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err = connection.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func echoLines(connection net.Conn) {
	reader := bufio.NewReaderSize(connection, bufferSize)
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return
		}
		if _, err = connection.Write(line); err != nil {
			return
		}
	}
}

// flushingConn sends what is written before it waits for more. To flush when
// reader.Buffered() is 0 would keep answers back as long as half a line is there.
type flushingConn struct {
	net.Conn
	writer *bufio.Writer
}

func (connection flushingConn) Read(buffer []byte) (int, error) {
	if err := connection.writer.Flush(); err != nil {
		return 0, err
	}
	return connection.Conn.Read(buffer)
}

func echoCorkedLines(connection net.Conn) {
	writer := bufio.NewWriterSize(connection, bufferSize)
	reader := bufio.NewReaderSize(flushingConn{connection, writer}, bufferSize)
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return
		}
		if _, err = writer.Write(line); err != nil {
			return
		}
	}
}

func listen(address, cert, key string) (net.Listener, error) {
	if cert == "" {
		return net.Listen("tcp4", address)
	}
	certificate, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS13,
	}
	return tls.Listen("tcp4", address, config)
}

func main() {
	port := flag.Int("port", 0, "TCP port to listen on; 0 takes a free one")
	host := flag.String("host", "127.0.0.1", "IPv4 address to listen on")
	mode := flag.String("mode", "echo", "echo or line")
	cork := flag.Bool("cork", false, "lines that arrive together leave together")
	cert := flag.String("tls_cert", "", "file of the certificate chain, PEM")
	key := flag.String("tls_key", "", "file of its private key, PEM")
	flag.Parse()
	handle := echo
	if *mode == "line" {
		handle = echoLines
		if *cork {
			handle = echoCorkedLines
		}
	}
	listener, err := listen(fmt.Sprintf("%s:%d", *host, *port), *cert, *key)
	if err != nil {
		fmt.Fprintln(os.Stderr, "go_echo_server:", err)
		os.Exit(1)
	}
	fmt.Println("listening on", listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "go_echo_server:", err)
			os.Exit(1)
		}
		go func() {
			defer connection.Close()
			handle(connection)
		}()
	}
}
