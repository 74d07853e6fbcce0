import Foundation

/// A TLS server before a plain one: Python's, which is OpenSSL, on a free port of the loopback interface.
package final class TLSFront {
    /// Where it listens.
    package let port: Int
    private let program: Program

    /// How it speaks TLS.
    package struct Manner: Sendable {
        /// `1.2` or `1.3` alone.
        package var version = "1.3"
        /// Whether everything is sent byte by byte.
        package var drips = false
        /// The one protocol it knows, which has to be named to it (ALPN).
        package var applicationProtocol = ""
        /// After so many bytes it says nothing more.
        package var limit = Int.max

        /// As servers do.
        package init() {}
    }

    /// One with the certificate of `name` that hands everything on to `target`, and back.
    package init(
        _ certificates: Certificates, _ name: String = "localhost", to target: Int, _ manner: Manner = Manner()
    )
        throws
    {
        port = try ServerProcess.freePort()
        program = try Program(
            "/usr/bin/python3",
            [
                "-c", Self.script, "\(port)", "\(target)", certificates.path(name + ".crt"),
                certificates.path(name + ".key"), manner.version, manner.drips ? "1" : "0", "\(manner.limit)",
                manner.applicationProtocol,
            ])
        try program.waitFor("listening\n")
    }

    /// Waits until a client has ended TLS as it should be ended, by close_notify; fails when it just closed.
    package func waitForCloseNotify() throws {
        try program.waitUntil("an end of TLS") { $0.contains("close_notify") || $0.contains("ragged") }
        guard program.text.contains("close_notify") else { throw Program.Failure(description: program.text) }
    }

    private static let script = """
        import socket, ssl, sys, threading

        port, target, certificate, key, version, drips, limit, protocol = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.minimum_version = context.maximum_version = ssl.TLSVersion["TLSv1_" + version[-1]]

        if protocol: context.set_alpn_protocols([protocol])

        def serve(client):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.create_connection(("127.0.0.1", int(target)))
            incoming, outgoing, lock = ssl.MemoryBIO(), ssl.MemoryBIO(), threading.RLock()
            tls = context.wrap_bio(incoming, outgoing, server_side=True)
            left = [int(limit)]

            def flush():
                with lock:
                    data = outgoing.read()[:left[0]]
                    left[0] -= len(data)
                    for index in range(0, len(data), 1 if drips == "1" else max(1, len(data))):
                        client.sendall(data[index:index + 1] if drips == "1" else data)

            def need():
                data = client.recv(65536)
                with lock:
                    if data: incoming.write(data)
                    else: incoming.write_eof()

            def work(function, *arguments):
                while True:
                    try:
                        with lock:
                            return function(*arguments)
                    except ssl.SSLWantReadError:
                        flush()
                        need()
                    finally:
                        flush()

            def back():
                while True:
                    data = server.recv(65536)
                    if not data: break
                    with lock: tls.write(data)
                    flush()
                client.shutdown(socket.SHUT_WR)

            try:
                work(tls.do_handshake)
                if protocol and tls.selected_alpn_protocol() != protocol: return client.close()
                threading.Thread(target=back, daemon=True).start()
                while True:
                    data = work(tls.read, 65536)
                    if not data: break
                    server.sendall(data)
                print("close_notify", flush=True)
                server.shutdown(socket.SHUT_WR)
            except ssl.SSLZeroReturnError:
                print("close_notify", flush=True)
                server.shutdown(socket.SHUT_WR)
            except (ssl.SSLError, OSError) as error:
                print("ragged", error, flush=True)
                server.close()

        listener = socket.create_server(("127.0.0.1", int(port)))
        print("listening", flush=True)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        """
}
