internal import MQTT

extension LogGrammar {
    // MARK: Clients come

    /// A connection that was accepted, a client that connected or began TLS.
    func arrival(_ text: Piece) -> LogLine.Event? {
        if let rest = text.between("New connection from ", "."), let (peer, port) = rest.split(last: " on port "),
            let number = port.number
        {
            return .accepted(Peer(peer), listenerPort: number)
        }
        if let rest = text.dropping(first: "New client connected from ") { return connected(rest, isBridge: false) }
        if let rest = text.dropping(first: "New bridge connected from ") { return connected(rest, isBridge: true) }
        if let rest = text.dropping(first: "Client "), let (head, cipher) = rest.split(last: " cipher "),
            let (client, version) = head.split(last: " negotiated "), !version.isEmpty, !cipher.isEmpty,
            !(version.bytes + cipher.bytes).contains(UInt8(ascii: " "))
        {
            return .encrypted(client: client.text, version: version.text, cipher: cipher.text)
        }
        return nil
    }

    /// `ADDRESS[:PORT] as ID (pN, cN, kN, u'USER').`
    private func connected(_ text: Piece, isBridge: Bool) -> LogLine.Event? {
        guard let rest = text.dropping(last: ")."), let (peer, described) = rest.split(first: " as ") else {
            return nil
        }
        for (client, parameters) in described.splits(last: " (") {
            guard let facts = Parameters(parameters) else { continue }
            return .connected(
                LogLine.Arrival(
                    client: client.text, peer: Peer(peer, mayHavePort: facts.protocolNumber != nil),
                    userName: facts.userName, version: facts.version, cleanStart: facts.cleanStart,
                    keepAlive: facts.keepAlive, isBridge: isBridge))
        }
        return nil
    }

    /// `pN, cN, kN, u'USER'`: 1.x has no `pN`, 1.3 no quotes, and nobody has to have a user name.
    private struct Parameters {
        var protocolNumber: Int?
        var cleanStart: Bool
        var keepAlive: Int
        var userName: String?

        init?(_ piece: Piece) {
            var rest = piece
            if rest.take("p") {
                guard let number = rest.takeNumber(), rest.take(", ") else { return nil }
                protocolNumber = number
            }
            guard rest.take("c"), let clean = rest.takeNumber(), clean <= 1, rest.take(", k"),
                let keepAlive = rest.takeNumber()
            else { return nil }
            cleanStart = clean == 1
            self.keepAlive = keepAlive
            guard !rest.isEmpty else { return }
            guard rest.take(", u") else { return nil }
            if rest.take("'") {
                guard let name = rest.dropping(last: "'") else { return nil }
                rest = name
            }
            userName = rest.text
        }

        /// 2.0 writes p1, p2, p5 for 3.1, 3.1.1 and 5.0; 2.1 writes p3, p4, p5.
        var version: ProtocolVersion? {
            switch protocolNumber {
            case 1, 3: .v3_1
            case 2, 4: .v3_1_1
            case 5: .v5_0
            default: nil
            }
        }
    }

    // MARK: Clients go

    /// A connection that ended.
    func ending(_ text: Piece) -> LogLine.Event? {
        if let client = text.between("Socket error on client ", ", disconnecting.") {
            return ended(client, .socketError)
        }
        if let rest = text.dropping(first: "Bad socket read/write on client ") {
            let known = rest.splits(last: ": ").first { clients.contains($0.before) }
            guard let (client, words) = known ?? rest.split(last: ": ") else { return nil }
            return ended(client, EndReason(socket: words.text))
        }
        guard let rest = text.dropping(first: "Client ") else { return nil }
        let older = sentence(rest)
        if let older, clients.contains(older.client) { return ended(older.client, older.reason) }
        return addressedEnding(rest) ?? older.map { ended($0.client, $0.reason) }
    }

    /// `ID SENTENCE` or `ID disconnected: REASON.`, as 1.x and 2.0 write it.
    private func sentence(_ text: Piece) -> (client: Piece, reason: EndReason)? {
        for (tail, reason) in EndReason.sentences {
            if let client = text.dropping(last: tail) { return (client, reason) }
        }
        guard let (client, words) = text.dropping(last: ".")?.split(last: " disconnected: ") else { return nil }
        return (client, EndReason(words: words.text))
    }

    /// `ID [ADDRESS:PORT] disconnected[: REASON][.]`, as 2.1 writes it.
    private func addressedEnding(_ text: Piece) -> LogLine.Event? {
        for (head, tail) in text.splits(last: "] disconnected") {
            let words: String
            if tail.isEmpty || tail.isEqual(to: ".") {
                words = ""
            } else {
                guard let reason = tail.dropping(first: ": ") else { continue }
                words = (reason.dropping(last: ".") ?? reason).text
            }
            guard let (client, peer) = head.split(last: " ["), let (address, port) = peer.split(last: ":"),
                !address.isEmpty, port.number != nil
            else { continue }
            let reason = words.isEmpty ? .clean : EndReason(words: words)
            let isNamed = client.bytes != address.bytes || clients.contains(client)
            return ended(client, reason, subject: isNamed ? .client(client.text) : .unknown, peer: Peer(peer))
        }
        return nil
    }

    private func ended(
        _ client: Piece, _ reason: EndReason, subject: LogLine.Subject? = nil, peer: Peer? = nil
    ) -> LogLine.Event {
        let subject = subject ?? self.subject(client)
        if reason == .takenOver, case .client(let name) = subject {
            return .takenOver(LogLine.Takeover(client: name, old: peer))
        }
        return .ended(LogLine.Ending(subject: subject, peer: peer, reason: reason))
    }
}
