import MQTT

/// What can be checked only when all options are read, in mosquitto's order.
extension CommandSettings {
    /// Adds what the environment says, and checks the whole.
    mutating func complete(environment: [String: String]) throws(UsageError) {
        if session.password == .none, session.userName != nil, let password = environment["MQSCOPE_PASSWORD"] {
            session.password = .given(Secret(Array(password.utf8)))
        }
        if connection.tls.keyLogFile == nil, let path = environment["SSLKEYLOGFILE"], !path.isEmpty {
            connection.tls.inheritedKeyLogFile = path
        }
        try checkWill()
        try checkTLS()
        try checkSession()
        try checkMessages()
        try checkIdentity()
        try checkProperties()
        try checkTransport()
        addNotices()
    }

    private func checkWill() throws(UsageError) {
        guard session.will.topic == nil else { return }
        if session.will.payload != nil {
            throw UsageError("Error: Will payload given, but no will topic given.", "Give --will-topic, too.")
        }
        if session.will.isRetained {
            throw UsageError("Error: Will retain given, but no will topic given.", "Give --will-topic, too.")
        }
    }

    private func checkTLS() throws(UsageError) {
        let tls = connection.tls
        guard !tls.isOff else { return }
        if (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw UsageError(
                "Error: Both certfile and keyfile must be provided if one of them is set.", "Give --cert and --key.")
        }
        if tls.keyForm != nil, tls.keyFile == nil {
            throw UsageError("Error: If keyform is set, keyfile must be also specified.", "Give --key, too.")
        }
        if tls.enginePassword != nil, tls.keyForm == nil || tls.engine == nil {
            throw UsageError(
                "Error: when using tls-engine-kpass-sha1, both tls-engine and keyform must also be provided.",
                "Engines are not possible here.")
        }
        if tls.engine != nil || tls.keyForm == "engine" { throw OptionTable.unavailable }
        if let form = tls.keyForm, form != "pem" {
            throw UsageError("Error: Problem setting key form, it must be one of 'pem' or 'engine'.", "Give pem.")
        }
        let hasAuthorities = tls.authorityFile != nil || tls.authorityFolder != nil
        if hasAuthorities, tls.preSharedKey != nil {
            throw UsageError("Error: Only one of --psk or --cafile/--capath may be used at once.")
        }
        if tls.preSharedKey != nil, tls.preSharedIdentity == nil {
            throw UsageError("Error: --psk-identity required if --psk used.")
        }
        if tls.preSharedKey != nil, !tls.fingerprints.isEmpty {
            throw UsageError("Error: Only one of --psk or --fingerprint may be used at once.")
        }
        if tls.preSharedKey != nil, tls.version == .v1_3 {
            throw UsageError(
                "Error: Problem setting TLS options, check the options are valid.", "--psk is for tlsv1.2 only.")
        }
        if tls.isUnchecked, !tls.fingerprints.isEmpty {
            throw UsageError("Error: --insecure checks nothing.", "Leave it or --fingerprint out.")
        }
    }

    private func checkSession() throws(UsageError) {
        let hasOwnName = if case .given = session.identifier { true } else { false }
        if session.version == .v5_0 {
            let isGiven = properties.connect.sessionExpiryInterval != nil
            if session.expiry != nil, isGiven {
                throw UsageError(
                    "Error in CONNECT properties: Duplicate property in property list.",
                    "Give the session expiry interval by -x or by -D.")
            }
            if sessionExpiryInterval == .max, !isGiven, !hasOwnName {
                throw UsageError(
                    "Error: You must provide a client id if you are using an infinite session expiry interval.",
                    "Give -i.")
            }
        } else if !session.cleanStart, !hasOwnName {
            throw UsageError("Error: You must provide a client id if you are using the -c option.", "Give -i.")
        }
    }

    private func checkMessages() throws(UsageError) {
        switch command {
        case .sub:
            guard !receiving.filters.isEmpty || !receiving.unsubscribed.isEmpty else {
                throw UsageError(
                    "Error: You must specify a topic to subscribe to (-t) or unsubscribe from (-U).",
                    "-t '#' is all topics.")
            }
            if receiving.dropsRetained, receiving.isRetainedOnly {
                throw UsageError(
                    "Error: Combining '-R' and '--retained-only' makes no sense.", "Leave one of them out.")
            }
        case .pub:
            guard sending.topic != nil, sending.source != nil else {
                throw UsageError(
                    "Error: Both topic and message must be supplied.", "Give -t and one of -m -n -f -s -l.")
            }
        case .rr:
            guard sending.topic != nil, sending.source != nil, sending.responseTopic != nil else {
                throw UsageError(
                    "Error: All of topic, message, and response topic must be supplied.",
                    "Give -t, -e and one of -m -n -f -s.")
            }
        }
        if output.form == .json, output.isPretty {
            throw UsageError("Error: --json and --pretty cannot be used together.", "-F %j --pretty is indented JSON.")
        }
    }

    private func checkIdentity() throws(UsageError) {
        if session.identifier == .given("") {
            throw UsageError("Error: Invalid id and/or clean_session.", "Without -i the broker chooses one.")
        }
        if session.identifier == .assigned, !session.cleanStart {
            throw UsageError("Error: Invalid id and/or clean_session.", "A session is kept for a name: give -i.")
        }
        if session.password != .none, session.userName == nil, session.version < .v5_0 {
            throw UsageError(
                "Error: Problem setting username and/or password.", "Before MQTT 5.0 a password needs a user: give -u.")
        }
    }

    private func checkProperties() throws(UsageError) {
        guard properties != PacketProperties() else { return }
        guard session.version == .v5_0 else {
            throw UsageError(
                "Error: Properties need MQTT 5.0.", "Leave -V out, or -D: the last of the two decides the version.")
        }
        if command == .rr, properties.publish.responseTopic != nil {
            throw UsageError("Error in PUBLISH properties: Duplicate response topic.", "-e says it.")
        }
        if properties.connect.authenticationData != nil, properties.connect.authenticationMethod == nil {
            throw UsageError(
                "Error in CONNECT properties: authentication-data needs authentication-method.", "Give both with -D.")
        }
        if let interval = properties.disconnect.sessionExpiryInterval, interval > 0, sessionExpiryInterval == 0 {
            throw UsageError(
                "Error in DISCONNECT properties: a session that CONNECT gives no time cannot be given any at its end.",
                "Give -x, too.")  // 3.14.2.2.2
        }
        let sections: [(String, Properties, PropertySection)] = [
            ("CONNECT", properties.connect, .connect), ("PUBLISH", properties.publish, .publishToServer),
            ("SUBSCRIBE", properties.subscribe, .subscribe), ("UNSUBSCRIBE", properties.unsubscribe, .unsubscribe),
            ("DISCONNECT", properties.disconnect, .disconnectToServer), ("WILL", properties.will, .will),
        ]
        for (name, properties, section) in sections {
            do throws(ProtocolViolation) {
                var bytes: [UInt8] = []
                try properties.encode(into: &bytes, of: section)
            } catch {
                throw UsageError("Error in \(name) properties: \(error.detail).")
            }
        }
    }

    private func checkTransport() throws(UsageError) {
        guard connection.endpoint.transport == .unix else { return }
        guard !connection.usesTLS, !connection.usesWebSocket, connection.proxy == nil else {
            throw UsageError(
                "Error: A unix domain socket goes without TLS, WebSocket and proxy.", "Leave them or --unix out.")
        }
    }

    /// What is to be known of the file at `path` that gets the keys of TLS.
    package static func keyLogNotice(_ path: String) -> String {
        "Warning: The keys of TLS go to \(path): who has it can read everything."
    }

    private mutating func addNotices() {
        let tls = connection.tls
        if connection.usesTLS {
            if tls.isUnchecked { notices.append("Warning: The broker is not checked (--insecure): it may be anyone.") }
            if let path = tls.keyLogFile { notices.append(Self.keyLogNotice(path)) }
        } else if !tls.isOff, tls.certificateFile != nil || tls.isUnchecked || tls.version != nil {
            notices.append(
                "Warning: There is no TLS: --cert, --insecure and --tls-version do not ask for it; --tls does.")
        }
    }
}
