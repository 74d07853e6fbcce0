import ArgumentParser
import Broker
import CLinux
import Glibc
import MQTT
import MQTTClient

/// Options that say which broker, as whom, and what to subscribe to: those of mosquitto_sub where it has them.
struct BrokerOptions: ParsableArguments {
    /// The broker as a URL.
    @Argument(
        help: ArgumentHelp(
            "mqtt://[user[:password]@]host[:port] in place of -h -p -u -P; also mqtts://, ws://…/path, wss://, unix:///path.",
            valueName: "url"))
    var urls: [String] = []

    /// The broker's name or address.
    @Option(
        name: [.customShort("h", allowingJoined: true), .customLong("host")], parsing: .unconditional,
        help: "The broker's name or address. (default: localhost)")
    var host: String?

    /// The broker's port.
    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("port")], parsing: .unconditional,
        help: "The broker's port. (default: 1883, with TLS 8883)")
    var port: Int?

    /// The user name.
    @Option(
        name: [.customShort("u", allowingJoined: true), .customLong("username")], parsing: .unconditional,
        help: "User name.")
    var userName: String?

    /// The password, visible to other users of this computer.
    @Option(
        name: [.customShort("P", allowingJoined: true), .customLong("pw")], parsing: .unconditional,
        help: "Password. Other users of this computer can see it while mqscope runs; --password-file is safer.")
    var password: String?

    /// The file whose first line is the password.
    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp("A file whose first line is the password.", valueName: "file"))
    var passwordFile: String?

    /// The Client Identifier.
    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("id")], parsing: .unconditional,
        help: "Client Identifier. (default: mqscope-HOST-RANDOM)")
    var identifier: String?

    /// What to subscribe to instead of everything.
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Subscribe to this instead of #; may be given several times.", valueName: "filter"))
    var filters: [String] = []

    /// Whether `$SYS` is left out.
    @Flag(name: .customLong("no-sys"), help: "Do not subscribe to $SYS/#: no broker log, no check for losses.")
    var isWithoutSystem = false

    /// QoS of the subscriptions.
    @Option(
        name: [.customShort("q", allowingJoined: true), .customLong("qos")], parsing: .unconditional,
        help: "QoS of the subscriptions: 0, 1 or 2.")
    var qos: Int = 0

    /// Keep alive in seconds.
    @Option(
        name: [.customShort("k", allowingJoined: true), .customLong("keepalive")], parsing: .unconditional,
        help: ArgumentHelp("Keep alive in seconds, 0 for none.", valueName: "seconds"))
    var keepAlive = 60

    /// The one version to speak.
    @Option(
        name: [.customShort("V", allowingJoined: true), .customLong("protocol-version")],
        help: ArgumentHelp(
            "5 or mqttv5, 311 or mqttv311. (default: 5, then 311 if the broker does not speak it)", valueName: "version"
        ))
    var version: String?

    /// Whether anything says which broker, or as whom.
    var isNamed: Bool {
        let texts = [host, userName, password, passwordFile, identifier, version]
        return !urls.isEmpty || port != nil || !filters.isEmpty || texts.contains { $0 != nil }
    }

    /// Everything that is needed to connect, checked.
    func plan(_ transport: TransportOptions) throws -> ConnectionPlan {
        // Counted here, as the parser would repeat the second one with its password.
        guard urls.count <= 1 else { throw ValidationError("Give one URL, and everything else by options.") }
        let url = try urls.first.map { try BrokerURL($0) }
        if url != nil, host != nil || port != nil {
            throw ValidationError("Give either a URL or -h and -p, not both.")
        }
        if url?.user != nil, userName != nil {
            throw ValidationError("The user name is given twice: in the URL and with -u, one of them.")
        }
        let endpoint = try transport.endpoint(url: url, host: host, port: port)
        guard !endpoint.host.isEmpty else { throw ValidationError("The host is empty: give -h HOST.") }
        guard endpoint.transport == .unix || !endpoint.host.contains(where: { "@/?#".contains($0) }) else {
            throw ValidationError("The host is a name or an address and no more: a URL is given without -h.")
        }
        guard endpoint.transport == .unix || (1...65_535).contains(endpoint.port) else {
            throw ValidationError("Port \(endpoint.port) is not between 1 and 65535.")
        }
        guard (0...65_535).contains(keepAlive) else {
            throw ValidationError("Keep alive \(keepAlive) is not between 0 and 65535 seconds.")
        }
        guard (0...2).contains(qos), let qos = QoS(rawValue: UInt8(qos)) else {
            throw ValidationError("QoS \(self.qos) does not exist: it is 0, 1 or 2.")
        }
        let user = try (userName ?? url?.user).map { try Self.checked($0, called: "user name") }
        let secret = try secret(url: url)
        guard secret?.count ?? 0 <= 65_535 else { throw ValidationError("A password has at most 65535 bytes.") }
        if secret != nil, user == nil { throw ValidationError("A password needs a user name: give -u USER.") }
        var configuration = ClientConfiguration(
            endpoint: endpoint,
            clientIdentifier: try identifier.map { try Self.checked($0, called: "Client Identifier") }
                ?? Self.madeIdentifier())
        configuration.userName = user
        configuration.password = secret
        configuration.keepAlive = UInt16(keepAlive)
        configuration.version = try parsedVersion()
        var notices: [String] = []
        try transport.apply(to: &configuration, notices: &notices)
        let filters = try filters(notices: &notices)
        configuration.subscriptions = filters.flatMap { filter in
            (filter == .system ? SystemFilters.all(over: endpoint.transport) : [filter]).map {
                Subscription.watching($0, qos: qos)
            }
        }
        return ConnectionPlan(
            configuration: configuration, qos: qos, watchesSystem: filters.contains(.system), notices: notices)
    }

    private func parsedVersion() throws -> ProtocolVersion? {
        switch version {
        case nil: nil
        case "5", "mqttv5": .v5_0
        case "311", "mqttv311": .v3_1_1
        case let other?: throw ValidationError("Protocol version '\(other)' is not known: 5, mqttv5, 311 or mqttv311.")
        }
    }

    /// `$SYS/#` first, so that what the broker says of itself comes before a flood of retained messages.
    private func filters(notices: inout [String]) throws -> [TopicFilter] {
        var wanted: [TopicFilter] = isWithoutSystem ? [] : [.system]
        for text in filters.isEmpty ? ["#"] : filters {
            do {
                wanted.append(try TopicFilter(text))
            } catch {
                throw ValidationError("'\(text)' is no topic filter: \(error).")
            }
        }
        var kept: [TopicFilter] = []
        for (index, filter) in wanted.enumerated() {
            let covering = wanted.enumerated().first { other in
                other.offset != index && other.element.covers(filter)
                    && (!filter.covers(other.element) || other.offset < index)
            }
            if let covering {
                notices.append("\(filter) is left out: \(covering.element) covers it.")
            } else {
                kept.append(filter)
            }
        }
        return kept
    }

    private func secret(url: BrokerURL?) throws -> [UInt8]? {
        let given = [password != nil, passwordFile != nil, url?.password != nil].filter(\.self).count
        guard given <= 1 else {
            throw ValidationError("The password is given more than once: -P, --password-file or the URL, one of them.")
        }
        if let password { return Array(password.utf8) }
        if let password = url?.password { return Array(password.utf8) }
        if let passwordFile { return try File.firstLine(of: passwordFile, called: "password file") }
        if userName != nil || url?.user != nil, let value = getenv("MQSCOPE_PASSWORD") {
            return Array(String(cString: value).utf8)
        }
        return nil
    }

    /// Brokers close without a word at what is wrong here.
    private static func checked(_ text: String, called name: String) throws -> String {
        let isAllowed = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && !$0.properties.isNoncharacterCodePoint
        }
        guard text.utf8.count <= 65_535, isAllowed else {
            throw ValidationError(
                "The \(name) may hold no control characters, no U+FFFF and its like, and at most 65535 bytes.")
        }
        return text
    }

    /// `mqscope-<host>-<random>`, of letters, digits and dashes.
    static func madeIdentifier() -> String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let letters = host.prefix { $0 != "." }.unicodeScalars.filter {
            $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-"
        }
        let digits = String(clinux_random() & 0xFF_FFFF | 0x100_0000, radix: 16).dropFirst()
        return "mqscope-\(String(String.UnicodeScalarView(letters.prefix(32))))-\(digits)"
    }
}

/// A checked plan of how to connect.
struct ConnectionPlan {
    /// What the client is given.
    var configuration: ClientConfiguration
    /// QoS of subscriptions added later.
    var qos: QoS
    /// Whether `$SYS/#` is subscribed to.
    var watchesSystem: Bool
    /// Things the user should know.
    var notices: [String]
}
