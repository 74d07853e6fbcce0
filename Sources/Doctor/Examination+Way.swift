import Broker
import CLinux
import MQTT
import MQTTClient

/// The way to the broker, below MQTT.
extension Examination {
    /// Name and addresses, of the proxy where there is one; whether one address accepts connections.
    mutating func reachPeer() -> Bool {
        let probe = Probe(configuration)
        let peer = probe.peer
        let began = now()
        let addresses: [Probe.Address]
        switch probe.addresses() {
        case .success(let found): addresses = found
        case .failure(let cause):
            say(configuration.proxy == nil ? .name : .proxy, .failed, advice(ofPeer: cause), duration: began.age)
            return false
        }
        if peer.transport != .unix {
            let isAddress = addresses.count == 1 && addresses[0].description == peer.address
            let list = addresses.map(\.host).joined(separator: ", ")
            say(
                .name, .passed, "\(proxyWords)\(peer.host) is \(isAddress ? "an address" : list).",
                duration: began.age)
        }
        return reach(addresses, of: probe)
    }

    private mutating func reach(_ addresses: [Probe.Address], of probe: Probe) -> Bool {
        var failures: [AddressFailure] = []
        var isReached = false
        for address in addresses {
            let began = now()
            switch probe.reach(address) {
            case .success:
                isReached = true
                say(.reach, .passed, "\(proxyWords)\(address) accepts connections.", duration: began.age)
            case .failure(let cause):
                let advice = advice(ofPeer: cause)
                let stage: Stage = configuration.proxy == nil ? .reach : .proxy
                guard case .unreachable(let all) = cause, let failure = all.first else {
                    say(stage, .failed, advice, duration: began.age)
                    return false
                }
                failures.append(failure)
                // One of several that does not answer is no obstacle, but costs time.
                guard addresses.count > 1 else {
                    say(stage, .failed, advice, duration: began.age)
                    return false
                }
                say(.reach, .noted, "\(address): \(Advice.words(failure.failure)).", duration: began.age)
            }
        }
        guard !isReached else { return true }
        say(configuration.proxy == nil ? .reach : .proxy, .failed, advice(ofPeer: .unreachable(failures)))
        return false
    }

    /// Before what is said of the peer, where that is not the broker.
    private var proxyWords: String { configuration.proxy == nil ? "" : "The proxy " }

    private func advice(ofPeer cause: ConnectionFailure.Cause) -> Advice {
        advice(configuration.proxy == nil ? cause : cause.ofProxy)
    }

    /// Proxy, TLS and WebSocket, as far as the transport has them; whether all came to terms.
    mutating func openTransport() -> Bool {
        let probe = Probe(configuration)
        let transport = configuration.endpoint.transport
        if configuration.proxy != nil {
            let broker = configuration.endpoint.address
            guard pass(.proxy, probe, .tcp, { _ in ("The proxy connects to \(broker).", []) }) else { return false }
        }
        if transport.isSecure {
            guard pass(.tls, probe, .tls, { Self.words($0) }) else { return false }
            if case .tls = transport { return true }
        }
        guard let path = transport.shownPath else { return true }
        return pass(.webSocket, probe, transport) { _ in ("The web server upgrades to MQTT at \(path).", []) }
    }

    private mutating func pass(
        _ stage: Stage, _ probe: Probe, _ transport: Transport,
        _ words: (TLSInfo?) -> (String, [Finding.Fact])
    ) -> Bool {
        let began = now()
        switch probe.open(transport) {
        case .success(let info):
            let (what, facts) = words(info)
            say(stage, .passed, what, duration: began.age, facts: facts)
            if stage == .tls, let certificate = info?.certificate { noteEnd(of: certificate) }
            return true
        case .failure(let cause):
            var facts: [Finding.Fact] = []
            if case .tls(.untrusted(let distrust)) = cause { facts = Self.facts(of: distrust) }
            say(cause.stage ?? stage, .failed, advice(cause), duration: began.age, facts: facts)
            return false
        }
    }

    private static func words(_ info: TLSInfo?) -> (String, [Finding.Fact]) {
        guard let info else { return ("TLS is agreed on.", []) }
        let trust =
            switch info.check {
            case .authority: "the certificate is for this host, signed by an authority that is trusted here"
            case .fingerprint: "the certificate is the one whose fingerprint was given"
            case .preSharedKey: "by the key that both have"
            case .none: "nobody checked whose certificate it is"
            }
        return ("TLS \(info.version.rawValue): \(trust).", info.certificate.map(facts) ?? [])
    }

    /// The server's certificate, and what the authorities above it say, as far as they are known.
    private static func facts(of distrust: TLSFailure.Distrust) -> [Finding.Fact] {
        let server = distrust.serverCertificate
        var authorities = Array(distrust.chain.dropFirst())
        if distrust.certificate != server, !authorities.contains(distrust.certificate) {
            authorities.append(distrust.certificate)
        }
        return facts(of: server)
            + authorities.enumerated().map { index, authority in
                let (from, to) = (Advice.date(authority.notBefore), Advice.date(authority.notAfter))
                return .init(
                    "authority \(index + 1)",
                    "\(authority.subject); signed by \(authority.issuer); valid from \(from) until \(to)")
            }
    }

    private static func facts(of certificate: Certificate) -> [Finding.Fact] {
        [
            .init("subject", certificate.subject),
            .init("issuer", certificate.issuer),
            .init("names", certificate.names.joined(separator: ", ")),
            .init("valid from", Advice.date(certificate.notBefore)),
            .init("valid until", Advice.date(certificate.notAfter)),
            .init("fingerprint", certificate.fingerprint.description),
        ]
    }

    /// A certificate that ends within a month is worth a word before it does.
    private mutating func noteEnd(of certificate: Certificate) {
        let days = (certificate.notAfter - clinux_wall_now() / 1_000_000_000) / 86_400
        guard days < 30 else { return }
        let date = Advice.date(certificate.notAfter)
        let isOver = certificate.notAfter < clinux_wall_now() / 1_000_000_000
        say(
            .tls, .noted,
            isOver ? "The certificate expired on \(date)." : "The certificate expires on \(date), in \(days) days.",
            todo: isOver ? "Make a new one." : "Make a new one before that.")
    }
}

extension ConnectionFailure.Cause {
    /// The step that it belongs to, whenever it shows: in TLS 1.3 a server says only behind the handshake that it wants a
    /// certificate of ours. `nil` where the step is the one that was tried.
    var stage: Stage? {
        switch self {
        case .proxy: .proxy
        case .tls: .tls
        case .webSocket: .webSocket
        default: nil
        }
    }

    /// The same on the way to a proxy.
    fileprivate var ofProxy: ConnectionFailure.Cause {
        switch self {
        case .nameUnknown: .proxy(.nameUnknown)
        case .nameServerUnavailable: .proxy(.nameServerUnavailable)
        case .unreachable(let addresses): .proxy(.unreachable(addresses))
        default: self
        }
    }
}
