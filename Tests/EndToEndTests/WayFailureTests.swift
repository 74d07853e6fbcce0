import Foundation
import TestSupport
import Testing

@Suite("Failures of WebSocket, unix domain socket and proxy, as seen")
struct WayFailureTests {
    /// mqscope on the WebSocket at `path` of `port`.
    private func web(_ port: Int, _ path: String = "/mqtt", _ options: [String] = []) throws -> PseudoTerminal {
        try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["ws://127.0.0.1:\(port)\(path)"] + options, rows: 43,
            columns: 132)
    }

    @Test("WebSocket to a plain listener")
    func plain() throws {
        let broker = try Mosquitto()
        try web(broker.port).waitForAdvice(
            "127.0.0.1:\(broker.port) closed the connection instead of answering as a web server.",
            "It is probably no websockets listener: try mqtt:// for plain MQTT, or wss:// if it speaks TLS.")
    }

    @Test("Plain MQTT to a WebSocket listener: the words name the URL that works")
    func plainToWeb() throws {
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(["listener \(port) 127.0.0.1", "protocol websockets", "socket_domain ipv4"])
        try ServerProcess.waitUntilListening(port)
        let terminal = try PseudoTerminal.mqscope(port: port)
        try terminal.waitForAdvice(
            "127.0.0.1:\(port) is a web server, not an MQTT broker.", "try ws://127.0.0.1:\(port)/mqtt")
        try web(port).waitFor("● live")
        broker.stop()
    }

    @Test("A web server without a WebSocket at that path")
    func wrongPath() throws {
        let port = try Mosquitto.freePort()
        let server = try Program("/usr/bin/python3", ["-m", "http.server", "--bind", "127.0.0.1", "\(port)"])
        try ServerProcess.waitUntilListening(port)
        try web(port, "/nowhere").waitForWords(
            "The web server 127.0.0.1:\(port) has no websocket at /nowhere: 404 Not Found. Usual paths: /mqtt (EMQX, "
                + "VerneMQ, HiveMQ), / (mosquitto).", "The web server calls itself “SimpleHTTP/")
        server.stop()
    }

    @Test(
        "What a web server answers instead",
        arguments: [
            (
                "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"lab\"",
                "does not let us in at /mqtt: 401 Unauthorized. It may want to know who you are: --ws-header "
                    + "'Authorization: Basic …'."
            ),
            (
                "301 Moved Permanently\r\nLocation: https://robot/mqtt?token=k7",
                "sends us to https://robot/mqtt: 301 Moved Permanently. Give that as the URL,"
            ),
            (
                "502 Bad Gateway",
                "cannot give us a websocket at /mqtt: 502 Bad Gateway. Is the broker behind it running?"
            ),
        ])
    func answers(head: String, words: String) throws {
        let peer = FakeBroker { connection in
            connection.waitForBytes()
            connection.send(Array("HTTP/1.1 \(head)\r\nContent-Length: 0\r\n\r\n".utf8))
            connection.readToEnd()
        }
        try web(peer.port).waitForWords("The web server 127.0.0.1:\(peer.port) \(words)")
    }

    @Test("A WebSocket for something else", arguments: ["chat", nil] as [String?])
    func subprotocol(name: String?) throws {
        let peer = FakeBroker { connection in
            var manner = FakeBroker.Web()
            manner.subprotocol = name
            FakeBroker.upgrade(connection, manner)
            connection.readToEnd()
        }
        try web(peer.port).waitForWords(
            "The websocket at 127.0.0.1:\(peer.port)/mqtt does not speak MQTT: "
                + (name.map { "it speaks “\($0)”." } ?? "it agreed to no sub-protocol.") + " Try another path or port.")
    }

    @Test("A server that closes the WebSocket and says why, and one that breaks the protocol")
    func closes() throws {
        let frames: [([UInt8], String)] = [
            ([0x88, 4, 3, 0xF0, 0x6E, 0x6F], "closed the websocket: policy violation (1008). It says: “no”."),
            ([0x82, 0x81, 0, 0, 0, 0, 1], "broke the websocket protocol: a server must not mask."),
            ([0x81, 1, 0x41], "broke the websocket protocol: a text frame, where MQTT has only binary ones."),
        ]
        for (frame, words) in frames {
            let peer = FakeBroker { connection in
                FakeBroker.upgrade(connection)
                connection.send(frame)
                connection.readToEnd()
            }
            try web(peer.port).waitForWords("127.0.0.1:\(peer.port) \(words)")
        }
    }

    @Test("A WebSocket behind which nobody answers MQTT")
    func silence() throws {
        let peer = FakeBroker { connection in
            FakeBroker.upgrade(connection)
            connection.readToEnd()
        }
        try web(peer.port).waitForWords(
            "127.0.0.1:\(peer.port) accepts connections but does not answer MQTT (waited 4 s).")
    }

    // MARK: Unix domain sockets

    @Test("A unix domain socket that is not there, one that nobody listens on, and one that works")
    func unix() throws {
        let files = try Certificates()
        let path = files.path("mqtt.sock")
        func dashboard() throws -> PseudoTerminal {
            try PseudoTerminal(
                run: PseudoTerminal.builtProduct("mqscope"), ["unix://" + path], rows: 43, columns: 200)
        }
        try dashboard().waitForWords(
            "There is no socket \(path). Is the broker running? mosquitto.conf: 'listener 0 \(path)'.")
        let broker = try Mosquitto(["listener 0 \(path)"])
        try dashboard().waitFor("● live")
        broker.crash()
        try dashboard().waitForWords(
            "Nothing listens on \(path). The socket is there, but no broker: has it died? Start it again.")
    }

    // MARK: Proxies

    @Test("What a SOCKS proxy refuses")
    func proxy() throws {
        let port = try Mosquitto.freePort()
        let proxy = try Program("microsocks", ["-u", "ev3", "-P", "formosa", "-i", "127.0.0.1", "-p", "\(port)"])
        try ServerProcess.waitUntilListening(port)
        let closed = try Mosquitto.freePort()
        let place = "127.0.0.1:\(port)"
        let cases = [
            (
                "ev3:formosa@\(place)",
                "The proxy \(place) did not connect to 127.0.0.1:\(closed): connection refused. "
                    + "Nothing listens there, as the proxy sees it: check host and port."
            ),
            (
                "ev3:taiwan@\(place)",
                "The proxy \(place) refuses the user name or password. Check them in --proxy. "
                    + "Not tried again by itself; R tries now."
            ),
            (
                place,
                "The proxy \(place) wants a user name and a password. Give them: --proxy "
                    + "socks5h://USER:PASSWORD@HOST:PORT."
            ),
            ("127.0.0.1:\(closed)", "The proxy 127.0.0.1:\(closed) cannot be reached: refused. Is it running?"),
        ]
        for (address, words) in cases {
            let terminal = try PseudoTerminal.mqscope(port: closed, ["--proxy", "socks5h://" + address])
            try terminal.waitForWords(words)
            #expect(!terminal.screen.shows("formosa") && !terminal.screen.shows("taiwan"))
        }
        proxy.stop()
    }
}
