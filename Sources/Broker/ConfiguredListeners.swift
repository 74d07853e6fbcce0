/// The sockets that a configuration makes mosquitto listen on, and whom each lets in.
struct ConfiguredListeners: Sendable {
    /// Whom a listener lets in, or all of them together unless `per_listener_settings` is true.
    struct Door: Sendable {
        /// The last `allow_anonymous`.
        var anonymous: ConfigurationLine?
        /// Whether there is something that users are checked by: passwords, keys, a plugin.
        var hasUsers = false

        /// Whether anybody may come in without a name.
        var isOpen: Bool { anonymous?.flag ?? false }
    }

    /// From where a listener can be reached.
    enum Reach: Sendable, Hashable {
        /// Through every network the machine is in.
        case everywhere
        /// Through one address.
        case address(String)
        /// Only from the machine itself.
        case machine
    }

    /// A socket that mosquitto listens on.
    struct Listener: Sendable {
        /// The line that makes it.
        var line: ConfigurationLine
        /// Its port, as it is written; `0` is a unix domain socket.
        var port: String
        /// The address it is bound to, as it is written.
        var address: String?
        /// The network interface it is bound to.
        var interface: String?
        /// Whether MQTT goes through WebSocket.
        var isWebSocket = false
        /// `ipv4` or `ipv6` when only one of them is wanted.
        var domain: String?
        /// Whether the name in a client's certificate is its user name.
        var hasCertificateUsers = false
        /// Whether a client needs a certificate or a key that the broker knows.
        var wantsCertificate = false
        /// Its own door.
        var door = Door()
        /// Its `listener_allow_anonymous` of 2.1, which goes over everything else.
        var override: ConfigurationLine?

        /// Whether mosquitto 2.0 listens on all interfaces although an address is given.
        var ignoresAddress: Bool {
            guard isWebSocket, let address, domain != "ipv4" else { return false }
            return !address.contains(":") && address != "*" && address != "0.0.0.0"
        }

        /// From where it can be reached.
        var reach: Reach {
            if port == "0" || interface == "lo" { return .machine }
            if ignoresAddress { return .everywhere }
            switch address {
            case nil, "*", "0.0.0.0", "::": return interface.map { .address($0) } ?? .everywhere
            case let address? where address.hasPrefix("127.") || address == "::1" || address == "localhost":
                return .machine
            case let address?: return .address(address)
            }
        }
    }

    /// The listeners in the order of the file, that of `port` and `bind_address` first.
    private(set) var all: [Listener] = []
    /// The door of all listeners, unless each has its own.
    private var shared = Door()
    private var isPerListener = false
    /// The first option that opens port 1883 without being asked to; `nil` when none does.
    private var stray: ConfigurationLine?

    /// What `configuration` says of listeners.
    init(_ configuration: BrokerConfiguration) {
        var first: Listener?
        // What stands above every listener line is said of the listener of port and bind_address.
        var above: [ConfigurationLine] = []
        var door = Door()
        for line in configuration.lines {
            switch line.key {
            case "listener":
                all.append(Listener(line: line, port: line.word, address: line.secondWord))
            case "port":
                first = first ?? Listener(line: line, port: line.word)
                first?.port = line.word
            case "bind_address":
                first = first ?? Listener(line: line, port: "1883")
                first?.address = line.value
            case "per_listener_settings": isPerListener = line.flag ?? isPerListener
            case "allow_anonymous", "password_file", "psk_file", "plugin", "auth_plugin", "plugin_use", "global_plugin":
                if !isPerListener || line.key == "global_plugin" {
                    shared.take(line)
                } else if all.isEmpty {
                    door.take(line)
                } else {
                    all[all.count - 1].door.take(line)
                }
            default:
                if all.isEmpty { above.append(line) } else { all[all.count - 1].take(line) }
            }
        }
        if var first {
            first.door = door
            for line in above { first.take(line) }
            all.insert(first, at: 0)
        } else {
            stray = above.first(where: Self.opens)
        }
    }

    /// Whether an option makes mosquitto open port 1883 on all interfaces when no listener stands above it; it does
    /// when the value is not the standard one.
    private static func opens(_ line: ConfigurationLine) -> Bool {
        guard ConfigurationOptions.opening.contains(line.key) else { return false }
        switch line.key {
        case "max_connections": return line.integer >= 0
        case "max_qos", "maximum_qos": return line.integer != 2
        case _ where ConfigurationOptions.flags.contains(line.key): return line.flag == true
        default: return true
        }
    }

    /// Whom a listener lets in.
    private func door(of listener: Listener) -> Door {
        var door = isPerListener ? listener.door : shared
        door.hasUsers = door.hasUsers || listener.hasCertificateUsers || shared.hasUsers
        if let override = listener.override { door.anonymous = override }
        return door
    }

    // MARK: Findings

    /// That nobody but the machine itself can connect.
    func missing(in configuration: BrokerConfiguration) -> [ConfigurationFinding] {
        guard all.isEmpty, stray == nil else { return [] }
        return [
            configuration.missing(
                "No listener: mosquitto 2.0 listens on 127.0.0.1 only, and lets anybody in there.", add: "listener 1883"
            )
        ]
    }

    /// An option that opens a port nobody asked for.
    func strays(in configuration: BrokerConfiguration) -> [ConfigurationFinding] {
        guard let stray else { return [] }
        // These two turn away who brings no name and no key.
        let isShut = ["use_username_as_clientid", "psk_hint"].contains(stray.key)
        let door = all.isEmpty && !isShut ? ", and lets anybody in whatever allow_anonymous says" : ""
        return [
            ConfigurationFinding(
                .danger, stray,
                "\(stray.key) without a listener above it: mosquitto 2.0 opens port 1883 on all interfaces\(door).",
                todo: all.isEmpty ? "Add above it: listener 1883" : "Move the line below a listener.")
        ]
    }

    /// Listeners that let strangers in.
    var openDoors: [ConfigurationFinding] {
        struct Kind: Hashable {
            var line: ConfigurationLine
            var reach: Reach
        }
        var kinds: [Kind] = []
        var ports: [Kind: [String]] = [:]
        for listener in all where listener.reach != .machine && !listener.wantsCertificate {
            let door = door(of: listener)
            guard door.isOpen, let line = door.anonymous else { continue }
            let kind = Kind(line: line, reach: listener.reach)
            if ports[kind] == nil { kinds.append(kind) }
            ports[kind, default: []].append(listener.port)
        }
        return kinds.map { kind in
            let (line, reach) = (kind.line, kind.reach)
            let port = Excerpt.of((ports[kind] ?? []).joined(separator: ", "), limit: 40)
            let todo = "Change to: \(line.key) false"
            guard case .address(let address) = reach else {
                return ConfigurationFinding(
                    .danger, line, "Anybody who reaches port \(port) on any interface comes in without a password.",
                    todo: todo)
            }
            return ConfigurationFinding(
                .note, line,
                "Anybody who reaches port \(port) of \(Excerpt.of(address, limit: 60)) comes in without a password.",
                todo: todo)
        }
    }

    /// Listeners that let nobody in.
    var closedDoors: [ConfigurationFinding] {
        all.compactMap { listener in
            let door = door(of: listener)
            guard !door.isOpen, !door.hasUsers else { return nil }
            let socket =
                listener.port == "0" ? "the unix domain socket" : "port \(Excerpt.of(listener.port, limit: 10))"
            return ConfigurationFinding(
                .missing, listener.line,
                "Nobody can connect to \(socket): allow_anonymous is not true, and no password_file is named.",
                todo: "Add: password_file /etc/mosquitto/passwd")
        }
    }

    /// WebSocket listeners that can be reached from where they should not.
    var webSocketAddresses: [ConfigurationFinding] {
        all.filter(\.ignoresAddress).map { listener in
            ConfigurationFinding(
                .danger, listener.line,
                "mosquitto 2.0 ignores the address \(Excerpt.of(listener.address ?? "", limit: 60)) of a WebSocket listener.",
                todo: "Add below it: socket_domain ipv4")
        }
    }
}

extension ConfiguredListeners.Door {
    /// Takes an option about who may come in.
    fileprivate mutating func take(_ line: ConfigurationLine) {
        if line.key == "allow_anonymous" { anonymous = line } else { hasUsers = true }
    }
}

extension ConfiguredListeners.Listener {
    /// Takes an option of a listener.
    fileprivate mutating func take(_ line: ConfigurationLine) {
        switch line.key {
        case "protocol": isWebSocket = line.word == "websockets"
        case "socket_domain": domain = line.word
        case "bind_interface": interface = line.value
        case "use_identity_as_username", "use_subject_as_username":
            hasCertificateUsers = hasCertificateUsers || line.flag == true
        case "require_certificate": wantsCertificate = line.flag == true
        case "psk_hint": (wantsCertificate, hasCertificateUsers) = (true, true)
        case "listener_allow_anonymous": override = line
        default: break
        }
    }
}
