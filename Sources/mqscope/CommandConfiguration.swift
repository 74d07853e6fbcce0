import ArgumentParser
import Broker
import CLinux
import Commands
import Glibc
import MQTT
import MQTTClient

/// What the client is given for a run of `sub`, `pub` or `rr`: files are read and passwords asked for here.
extension CommandSettings {
    /// Takes the file that `SSLKEYLOGFILE` names for the keys of TLS, where it can be written to; a notice says what is so.
    mutating func takeInheritedKeyLog() {
        guard connection.usesTLS, let path = connection.tls.inheritedKeyLogFile else { return }
        // Left over from something else, perhaps: no reason not to connect.
        guard TLSOptions.canLogKeys(to: path) else {
            notices.append(
                "Warning: The keys of TLS are not written: \(path), which SSLKEYLOGFILE names, cannot be opened.")
            return
        }
        connection.tls.keyLogFile = path
        notices.append(Self.keyLogNotice(path))
    }

    /// The configuration that these settings describe.
    func configuration() throws(UsageError) -> ClientConfiguration {
        var configuration = ClientConfiguration(
            endpoint: connection.endpoint, clientIdentifier: clientIdentifier(processIdentifier: getpid()))
        if configuration.clientIdentifier.isEmpty, session.version == .v3_1 {
            configuration.clientIdentifier = Self.madeIdentifier()
        }
        configuration.version = session.version
        configuration.userName = session.userName
        configuration.password = try password()
        configuration.keepAlive = session.keepAlive
        configuration.cleanStart = session.cleanStart
        configuration.will = will
        configuration.inFlightMaximum = UInt16(clamping: session.maximumInFlight)
        configuration.subscriptions = subscriptions
        configuration.tracing = isTracing ? .all : .none
        configuration.pacing = .prompt
        configuration.reconnects = command == .sub || sending.source == .lines
        // As patient as mosquitto's commands, and as quick to come back.
        configuration.answerTimeout = 60_000
        configuration.longestPause = 1_000
        configuration.localAddress = try localAddress()
        configuration.webSocketHeaders = try webSocketHeaders()
        configuration.proxy = connection.proxy.map {
            Proxy(host: $0.host, port: $0.port, userName: $0.userName, password: $0.password.bytes)
        }
        // What is not printed is not acknowledged, so that a kept session brings it the next time.
        if command == .sub, !receiving.printsRate { configuration.messageAllowance = receiving.count ?? window }
        if session.version == .v5_0 { add50(to: &configuration) }
        if configuration.endpoint.transport.isSecure { configuration.tls = try tlsOptions(configuration.endpoint) }
        return configuration
    }

    /// How many messages may be acknowledged and not printed, where a reader is slow and the session is kept; `nil` for any
    /// number, where that is lost anyway.
    var window: Int? {
        let isKept = !session.cleanStart || sessionExpiryInterval > 0
        return isKept && qos > .atMostOnce ? 100 : nil
    }

    /// What only 5.0 has.
    private func add50(to configuration: inout ClientConfiguration) {
        let connect = properties.connect
        configuration.sessionExpiryInterval = sessionExpiryInterval
        configuration.receiveMaximum = receiveMaximum ?? configuration.receiveMaximum
        configuration.maximumPacketSize = connect.maximumPacketSize ?? configuration.maximumPacketSize
        configuration.topicAliasMaximum = connect.topicAliasMaximum ?? 0
        configuration.requestsProblemInformation = connect.requestProblemInformation != 0
        configuration.requestsResponseInformation = connect.requestResponseInformation == 1
        configuration.userProperties = connect.userProperties
        if let method = connect.authenticationMethod {
            configuration.authentication = StatedAuthentication(method: method, data: connect.authenticationData)
        }
        if let alias = properties.publish.topicAlias {
            configuration.assignsTopicAliases = true
            configuration.firstTopicAlias = alias
        }
    }

    /// As mosquitto makes one where the broker cannot.
    private static func madeIdentifier() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return "mosq-" + String((0..<18).map { _ in letters[Int(clinux_random() % UInt64(letters.count))] })
    }

    private func password() throws(UsageError) -> [UInt8]? {
        switch session.password {
        case .none: return nil
        case .given(let secret): return secret.bytes
        case .file(let path): return try Self.firstLine(of: path, called: "password file")
        case .prompt: return try Self.asked("Password: ", for: "--ask-password")
        }
    }

    private static func firstLine(of path: String, called kind: String) throws(UsageError) -> [UInt8] {
        do {
            return try File.firstLine(of: path, called: kind)
        } catch {
            throw UsageError("Error: \(error)")
        }
    }

    private static func asked(_ question: String, for option: String) throws(UsageError) -> [UInt8] {
        let answer: [UInt8]?
        do throws(ExitCode) {
            answer = try Passphrase.ask(question)
        } catch {
            exit(error.rawValue)  // nothing has begun yet
        }
        guard let answer else {
            throw UsageError("Error: \(option) needs a terminal.", "It can come from a file instead.")
        }
        return answer
    }

    private func localAddress() throws(UsageError) -> String? {
        guard let address = connection.localAddress else { return nil }
        var room = in6_addr()
        let isAddress = [AF_INET, AF_INET6].contains { inet_pton($0, address, &room) == 1 }
        guard isAddress else {
            throw UsageError("Error: \(address) is no address.", "-A takes an IP address of this computer.")
        }
        return address
    }

    private func webSocketHeaders() throws(UsageError) -> [WebSocketHeader] {
        try connection.webSocketHeaders.map { header throws(UsageError) in
            let value = String(decoding: header.value.bytes, as: UTF8.self)
            guard let header = WebSocketHeader(name: header.name, value: value) else {
                throw UsageError(
                    "Error: \(header.name) cannot be a header.", "A header of --ws-header is 'NAME: VALUE'.")
            }
            return header
        }
    }

    private func tlsOptions(_ endpoint: Endpoint) throws(UsageError) -> TLSOptions {
        let given = connection.tls
        var options = TLSOptions()
        options.authorityFile = given.authorityFile
        options.authorityFolder = given.authorityFolder
        options.trustsSystem = given.trustsSystem
        options.checksServer = !given.isUnchecked
        options.fingerprints = given.fingerprints
        options.certificateFile = given.certificateFile
        options.keyFile = given.keyFile
        options.keyPassphrase = try passphrase()
        if given.version == .v1_2 { options.maximumVersion = .v1_2 }
        if given.version == .v1_3 { options.minimumVersion = .v1_3 }
        options.applicationProtocols = [given.applicationProtocol].compactMap(\.self)
        options.cipherSuites = given.cipherSuites
        options.keyLogFile = given.keyLogFile
        if let key = given.preSharedKey, let identity = given.preSharedIdentity {
            options.preSharedKey = TLSOptions.PreSharedKey(identity: identity, key: key.bytes)
        }
        do throws(TLSFailure.LocalProblem) {
            try options.check()
        } catch {
            let advice = Advice(
                ConnectionFailure(endpoint: endpoint, cause: .tls(.unusable(error))), retryInSeconds: nil)
            throw UsageError("Error: Problem setting TLS options: \(advice.what)", advice.todo)
        }
        return options
    }

    private func passphrase() throws(UsageError) -> [UInt8]? {
        if let path = connection.tls.passphraseFile {
            return try Self.firstLine(of: path, called: "passphrase file")
        }
        guard let key = connection.tls.keyFile, (try? TLSOptions.isEncryptedKey(key)) == true else { return nil }
        return try Self.asked("Passphrase of \(key): ", for: "An encrypted key")
    }
}

/// An authentication of which only the beginning is known, as `-D connect` can say it: it can be accepted, not gone on with.
private struct StatedAuthentication: Authentication {
    let method: String
    let data: [UInt8]?

    func begin() -> [UInt8]? { data }

    func answer(_ data: [UInt8]?) throws(AuthenticationFailure) -> [UInt8]? {
        throw AuthenticationFailure("the broker wants more than -D connect authentication-data says")
    }

    func finish(_ data: [UInt8]?) throws(AuthenticationFailure) {}
}
