import ArgumentParser
import CLinux
import Glibc
import MQTT
import MQTTClient

/// Options that say which broker and as whom: those of mosquitto_sub where it has them.
struct AccessOptions: ParsableArguments {
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
        port != nil || [host, userName, password, passwordFile, identifier, version].contains { $0 != nil }
    }

    /// What the client is given, checked, without subscriptions; `urls` are words that say the same as options. What the user
    /// should know is added to `notices`.
    func configuration(
        _ urls: [String], _ transport: TransportOptions, notices: inout [String]
    ) throws -> ClientConfiguration {
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
        try transport.apply(to: &configuration, notices: &notices)
        return configuration
    }

    private func parsedVersion() throws -> ProtocolVersion? {
        switch version {
        case nil: nil
        case "5", "mqttv5": .v5_0
        case "311", "mqttv311": .v3_1_1
        case let other?: throw ValidationError("Protocol version '\(other)' is not known: 5, mqttv5, 311 or mqttv311.")
        }
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
