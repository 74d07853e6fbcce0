import MQTT

extension OptionTable {
    /// Which broker, and by what it is reached.
    static let broker: [CommandOption] = [
        CommandOption(
            "-h", "--host", in: .broker, takes: .init("HOST", .host), "host",
            help: "The broker's name or address. (default: localhost)"
        ) { settings, use throws(UsageError) in
            settings.connection.host = try checkedHost(use)
            settings.connection.unixPath = nil
        },
        CommandOption(
            "-p", "--port", in: .broker, takes: .init("PORT"), "port",
            help: "The broker's port. (default: 1883; 8883 with --cafile, --capath, --psk, --fingerprint or --tls)",
            details: """
                Port 8883 means TLS that trusts the authorities of the system, unless options say otherwise. \
                With port 0, HOST is the path of a unix domain socket.
                """
        ) { settings, use throws(UsageError) in
            settings.connection.port = try use.number(
                0...65_535, UsageError("Error: Invalid port given: \(use.shown)", "It is between 1 and 65535."))
            settings.connection.unixPath = nil
        },
        CommandOption(
            "--unix", in: .broker, takes: .init("PATH", .file), "socket path",
            help: "A unix domain socket in place of -h and -p.", details: "A later -h, -p or -L takes it back."
        ) { settings, use throws(UsageError) in
            settings.connection.unixPath = try nonEmpty(use)
        },
        CommandOption(
            "-L", "--url", in: .broker, takes: .init("URL"), "URL",
            help: "mqtt://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC in place of -h -p -u -P -t; also mqtts, ws and wss.",
            details: """
                The port is 1883, with mqtts and wss 8883. Everything behind the first slash is the topic, as it is: \
                nothing is percent-decoded, ? and # belong to it. The user ends at the first colon, the password at the \
                last @, both are taken as they are. An IPv6 address stands in brackets. \
                Other users of this computer can see the password.
                """
        ) { settings, use throws(UsageError) in try URLArgument(use).apply(to: &settings, use) },
        CommandOption(
            "-A", in: .broker, takes: .init("ADDRESS"), "address",
            help: "The address of this computer to connect from."
        ) { settings, use throws(UsageError) in
            settings.connection.localAddress = try nonEmpty(use)
        },
        CommandOption(
            "--ws", in: .broker, help: "MQTT in a WebSocket. The port stays 1883, or 8883 with TLS, unless given."
        ) { settings, _ in
            settings.connection.usesWebSocket = true
        },
        CommandOption(
            "--ws-path", in: .broker, takes: .init("PATH"), "path",
            help: "A WebSocket at this path. (default: /mqtt)"
        ) { settings, use throws(UsageError) in
            let path = try use.field()
            settings.connection.webSocketPath = path.hasPrefix("/") ? path : "/" + path
            settings.connection.usesWebSocket = true
        },
        CommandOption(
            "--ws-header", in: .broker, takes: .init("'NAME: VALUE'"), "header",
            help: "A header for the request of the WebSocket; may be given several times.",
            details: "Other users of this computer can see it."
        ) { settings, use throws(UsageError) in
            settings.connection.webSocketHeaders.append(try header(use))
            settings.connection.usesWebSocket = true
        },
        CommandOption(
            "--proxy", in: .broker, takes: .init("URL"), "proxy url",
            help: "A SOCKS 5 proxy: socks5h://[USER[:PASSWORD]@]HOST[:PORT].",
            details: """
                The port is 1080 unless given. In user and password %25 stands for %, %3a for a colon, %40 for @. \
                Other users of this computer can see the password.
                """
        ) { settings, use throws(UsageError) in
            settings.connection.proxy = try ProxyArgument(use).proxy
        },
        CommandOption(
            "--nodelay", in: .broker, help: "Send small packets at once: always so here, accepted for mosquitto's sake."
        ) { _, _ in },
        CommandOption(
            "-S", in: .broker, help: "Look the broker up by SRV records: not possible here, refused."
        ) { _, _ throws(UsageError) in
            throw UsageError("Error: -S is not possible here: there is no look-up of SRV records.", "Give -h and -p.")
        },
    ]

    private static func checkedHost(_ use: OptionUse) throws(UsageError) -> String {
        let host = try nonEmpty(use)
        guard !host.contains("@"), !host.hasPrefix("mqtt://"), !host.hasPrefix("mqtts://"),
            !host.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else {
            throw UsageError(
                "Error: Invalid host given.", "A host is a name or an address and no more; -L takes a URL.")
        }
        return host
    }

    /// The first argument as text that is not empty.
    static func nonEmpty(_ use: OptionUse) throws(UsageError) -> String {
        let text = try use.text()
        guard !text.isEmpty else {
            throw UsageError("Error: \(use.option.missing)", "Its argument is empty.")
        }
        return text
    }

    /// What the request for a WebSocket says of itself (RFC 6455 section 4.1).
    private static let ownHeaders: Set = [
        "upgrade", "connection", "content-length", "transfer-encoding", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-protocol", "sec-websocket-extensions",
    ]

    private static func header(_ use: OptionUse) throws(UsageError) -> ConnectionSettings.Header {
        let text = try use.text()
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isToken = parts[0].utf8.allSatisfy {
            (0x21...0x7E).contains($0) && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0)
        }
        guard parts.count == 2, !parts[0].isEmpty, isToken, !ownHeaders.contains(parts[0].lowercased()),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw UsageError(
                "Error: Invalid header given.",
                "A header of --ws-header is 'NAME: VALUE', and none of those that make the request one for a WebSocket."
            )
        }
        return ConnectionSettings.Header(
            name: String(parts[0]), value: Secret(Array(parts[1].utf8.drop { $0 == UInt8(ascii: " ") })))
    }
}
