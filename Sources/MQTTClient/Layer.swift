import MQTT
import NIOCore

/// A protocol between the socket and MQTT: it comes to terms with its peer, then carries bytes. Confined to its event loop.
protocol Layer: AnyObject {
    /// Puts its handlers on top of the pipeline and begins; `completion` is called once, with why it came to no terms.
    func add(
        to pipeline: ChannelPipeline.SynchronousOperations,
        completion: @escaping (ConnectionFailure.Cause?) -> Void) throws

    /// What it is called when the peer has said nothing for so long.
    func noAnswer(milliseconds: Int) -> ConnectionFailure.Cause
}

extension Transport {
    /// The layers of each transport, from the socket upwards: a new one is one case here.
    func layers(_ configuration: ClientConfiguration, _ tls: TLSContext?) -> [any Layer] {
        let endpoint = configuration.endpoint
        let secured = tls.map { [TLSLayer($0, host: endpoint.host)] } ?? []
        return switch self {
        case .tcp, .unix: []
        case .tls: secured
        case .webSocket(let path), .secureWebSocket(let path):
            secured + [
                WebSocketUpgrade(
                    endpoint, path: path, headers: configuration.webSocketHeaders,
                    largestFrame: Int(configuration.maximumPacketSize))
            ]
        }
    }
}

/// Keeps the first bytes that come, so that a peer that speaks something else can be told, and counts all.
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    /// What a read brings.
    typealias InboundIn = ByteBuffer

    /// At most 64 of them.
    private(set) var bytes: [UInt8] = []
    /// How many came.
    private(set) var count = 0

    /// One read.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let read = unwrapInboundIn(data)
        if bytes.count < 64 { bytes += read.readableBytesView.prefix(64 - bytes.count) }
        count += read.readableBytes
        context.fireChannelRead(data)
    }
}
