import Glibc
import MQTT
import NIOCore
import NIOSSL
import NIOTLS

/// TLS: the library's handler, and above it this one, which says what became of the handshake and why a connection ends.
final class TLSLayer: ChannelInboundHandler, Layer {
    /// What TLS brings.
    typealias InboundIn = ByteBuffer

    private let context: TLSContext
    private let host: String
    /// The bytes of an address in place of a name, which no server name extension may carry.
    private let address: [UInt8]?
    private let first = FirstBytes()
    private var handler: NIOSSLClientHandler?
    private var completion: ((ConnectionFailure.Cause?) -> Void)?
    private var hasReceived = false
    /// What the server sent, where we look at it ourselves.
    private var chain: [NIOSSLCertificate] = []

    /// What was agreed on, once it was.
    private(set) var info: TLSInfo?

    /// TLS with `host`.
    init(_ context: TLSContext, host: String) {
        self.context = context
        self.host = host
        address = Address.bytes(host)
    }

    /// The handlers, and the client's hello.
    func add(
        to pipeline: ChannelPipeline.SynchronousOperations, completion: @escaping (ConnectionFailure.Cause?) -> Void
    ) throws {
        self.completion = completion
        let handler = try make()
        self.handler = handler
        try pipeline.addHandlers(first, handler, self)
    }

    private func make() throws -> NIOSSLClientHandler {
        let name = address == nil ? host : nil
        do {
            guard context.check == .fingerprint || context.asksForChain else {
                return try NIOSSLClientHandler(context: context.context, serverHostname: name)
            }
            return try NIOSSLClientHandler(context: context.context, serverHostname: name) {
                [weak self, fingerprints = context.options.fingerprints] certificates, promise in
                // Nobody needs more; each is hashed here.
                self?.chain = Array(certificates.prefix(16))
                let isKnown = certificates.first.map { fingerprints.contains(Fingerprint(of: $0)) } ?? false
                promise.succeed(isKnown ? .certificateVerified : .failed)
            }
        } catch {
            throw ConnectionFailure.Cause.tls(.unusable(.impossibleName(host)))
        }
    }

    /// What a silent server is called.
    func noAnswer(milliseconds: Int) -> ConnectionFailure.Cause { .tls(.noAnswer(milliseconds: milliseconds)) }

    /// The handshake is over.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case TLSUserEvent.handshakeCompleted = event, let handler, completion != nil else { return }
        let certificate = handler.peerCertificate
        if let address, self.context.check == .authority, let certificate,
            !Certificate.isIssued(certificate, toAddress: address)
        {
            return complete(.tls(.untrusted(distrust(.wrongName, certificate))))
        }
        // Who has the key needs no certificate, and nobody has looked at this one.
        if self.context.check == .preSharedKey, let certificate {
            return complete(.tls(.untrusted(distrust(.unknownAuthority, certificate))))
        }
        info = TLSInfo(
            version: handler.tlsVersion == .tlsv13 ? .v1_3 : .v1_2, certificate: certificate.map { Certificate($0) },
            check: self.context.check)
        context.pipeline.syncOperations.removeHandler(first, promise: nil)
        complete(nil)
    }

    /// One read.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasReceived = true
        context.fireChannelRead(data)
    }

    /// What is wrong, in our words.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if completion != nil { return complete(.tls(failure(error))) }
        switch error {
        // MQTT has its own ends of packets and of connections: that TLS was not ended says nothing.
        case NIOSSLError.uncleanShutdown, is NIOSSLCloseTimedOutError: break
        case is IOError where isSentAway: context.fireErrorCaught(Self.sentAway)
        case is NIOSSLError, is BoringSSLError: context.fireErrorCaught(ConnectionFailure.Cause.tls(failure(error)))
        default: context.fireErrorCaught(error)
        }
    }

    /// The end. In TLS 1.3 a client is done before the server has looked at its certificate, so one that closes now without
    /// having said anything closes for that.
    func channelInactive(context: ChannelHandlerContext) {
        complete(.tls(end(wasReset: false)))
        if isSentAway { context.fireErrorCaught(Self.sentAway) }
        context.fireChannelInactive()
    }

    /// Whether the server has agreed on TLS, asked for a certificate that there is not, and then said nothing.
    private var isSentAway: Bool { info != nil && !hasReceived && lacksCertificate }

    private static let sentAway = ConnectionFailure.Cause.tls(.clientCertificateWanted(isSaid: false))

    /// Whether the server has asked for a certificate of ours, and there is none.
    private var lacksCertificate: Bool { context.options.certificateFile == nil && context.request.wasMade }

    /// What it means that the handshake ended without a word about why.
    private func end(wasReset: Bool) -> TLSFailure {
        if first.bytes.isEmpty { return .closed(wasReset: wasReset) }
        return looksLikeTLS ? .brokenOff(wasReset: wasReset) : .notTLS(first.bytes)
    }

    /// Whether the first bytes are those of a record: its type, then version 3.x.
    private var looksLikeTLS: Bool {
        guard let type = first.bytes.first, (0x14...0x18).contains(type) else { return false }
        return first.bytes.count < 2 || first.bytes[1] == 3
    }

    private func complete(_ cause: ConnectionFailure.Cause?) {
        let completion = completion
        self.completion = nil
        completion?(cause)
    }

    private func failure(_ error: any Error) -> TLSFailure {
        if let error = error as? IOError { return end(wasReset: SocketFailure(error) == .reset) }
        if !first.bytes.isEmpty, !looksLikeTLS { return .notTLS(first.bytes) }
        if error as? NIOSSLError == .handshakeFailed(.sslError([.eofDuringHandshake])) { return end(wasReset: false) }
        let certificate = chain.first ?? handler?.peerCertificate
        if error is NIOSSLExtraError, let certificate { return .untrusted(distrust(.wrongName, certificate)) }
        let words = TLSFailure.words(error)
        switch TLSFailure.alert(error) {
        // TLS 1.2 has no alert for it: servers send one of these.
        case TLSFailure.Alert.handshakeFailure? where lacksCertificate,
            TLSFailure.Alert.badCertificate? where lacksCertificate,
            TLSFailure.Alert.certificateRequired?:
            return .clientCertificateWanted(isSaid: TLSFailure.alert(error) == TLSFailure.Alert.certificateRequired)
        case TLSFailure.Alert.protocolVersion?: return versionNotOffered
        case let alert?: return .alert(alert)
        case nil: break
        }
        if words == "UNSUPPORTED_PROTOCOL" { return versionNotOffered }
        guard words == "CERTIFICATE_VERIFY_FAILED", let certificate else { return .other(words) }
        return .untrusted(classified(certificate))
    }

    private var versionNotOffered: TLSFailure {
        // Pre-shared keys need 1.2.
        let maximum = context.options.preSharedKey == nil ? context.options.maximumVersion : .v1_2
        return .versionNotOffered(minimum: context.options.minimumVersion, maximum: maximum)
    }

    /// Why `certificate`, the server's own, is not trusted.
    private func classified(_ certificate: NIOSSLCertificate) -> TLSFailure.Distrust {
        guard context.check != .fingerprint else { return distrust(.otherFingerprint, certificate) }
        return TLSFailure.Distrust(
            of: Certificate(certificate), chain: chain.map { Certificate($0) }, known: context.authorities,
            time: Int64(time(nil)))
    }

    private func distrust(
        _ reason: TLSFailure.Distrust.Reason, _ certificate: NIOSSLCertificate
    ) -> TLSFailure.Distrust {
        TLSFailure.Distrust(
            reason, Certificate(certificate), chain: chain.map { Certificate($0) }, time: Int64(time(nil)))
    }
}

extension TLSFailure {
    /// The library's word for `error`, e.g. `CERTIFICATE_VERIFY_FAILED`.
    static func words(_ error: any Error) -> String {
        guard let last = stack(error).first?.description else { return "\(error)" }
        // “Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at file:line”
        let words = last.split(separator: " at ", maxSplits: 1).first ?? ""
        return String(words.split(separator: ":").last ?? "")
    }

    /// The alert with which the server ended TLS: the library has errors from 1000 on for them.
    static func alert(_ error: any Error) -> UInt8? {
        for entry in stack(error) {
            let words = entry.description.split(separator: " ")
            guard words.count > 1, let code = UInt32(words[1]), code >> 24 == 16, code & 0xFFF >= 1_000 else {
                continue
            }
            return UInt8(exactly: code & 0xFFF - 1_000)
        }
        return nil
    }

    private static func stack(_ error: any Error) -> NIOBoringSSLErrorStack {
        switch error {
        case NIOSSLError.handshakeFailed(let error), NIOSSLError.shutdownFailed(let error): stack(error)
        case BoringSSLError.sslError(let stack), BoringSSLError.unknownError(let stack): stack
        default: []
        }
    }
}
