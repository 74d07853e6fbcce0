import Glibc
import MQTT
import NIOCore
import NIOPosix

/// Addresses of a name, as `getaddrinfo` gives them; it blocks, so it runs beside the event loop.
enum Resolver {
    /// Threads for `getaddrinfo`, which may hold one up for half a minute: nobody else waits for them.
    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()

    /// The addresses of `endpoint`: that of its unix domain socket, its address itself, or those of its name.
    static func addresses(
        of endpoint: Endpoint, on eventLoop: any EventLoop
    ) -> EventLoopFuture<Result<[SocketAddress], ConnectionFailure.Cause>> {
        if case .unix = endpoint.transport {
            let path = endpoint.host
            guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
                let failure = AddressFailure(address: path, failure: .other(ENAMETOOLONG))
                return eventLoop.makeSucceededFuture(.failure(.unreachable([failure])))
            }
            return eventLoop.makeSucceededFuture(.success([address]))
        }
        if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
            return eventLoop.makeSucceededFuture(.success([address]))
        }
        return pool.runIfActive(eventLoop: eventLoop) {
            addresses(of: endpoint.host, port: endpoint.port)
        }.recover { _ in .failure(.nameServerUnavailable) }
    }

    /// The addresses of `host` in the order of preference of the system (RFC 6724), each once, or why there is none.
    static func addresses(of host: String, port: Int) -> Result<[SocketAddress], ConnectionFailure.Cause> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else { return .failure(cause(ofCode: code)) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee, host: host), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(.nameUnknown) : .success(addresses)
    }

    /// What a failure of `getaddrinfo` means.
    static func cause(ofCode code: Int32) -> ConnectionFailure.Cause {
        switch code {
        case EAI_AGAIN, EAI_FAIL, EAI_SYSTEM, EAI_MEMORY: .nameServerUnavailable
        default: .nameUnknown
        }
    }

    private static func address(_ entry: addrinfo, host: String) -> SocketAddress? {
        guard let bytes = UnsafeRawPointer(entry.ai_addr) else { return nil }
        return switch entry.ai_family {
        case AF_INET: SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self), host: host)
        case AF_INET6: SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self), host: host)
        default: nil
        }
    }
}

/// Lets a cause stand in a `Result`.
extension ConnectionFailure.Cause: Error {}

extension SocketAddress {
    /// `127.0.0.1:1883`, `[::1]:1883`.
    var text: String {
        if case .unixDomainSocket = self { return pathname ?? "?" }
        let host = ipAddress ?? "?"
        return Endpoint(host: host, port: port ?? 0).description
    }
}

/// Addresses in place of names.
enum Address {
    /// The 4 or 16 bytes of the address `host`; `nil` for a name.
    static func bytes(_ host: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, host, &bytes) == 1 { return Array(bytes.prefix(4)) }
        let withoutZone = String(host.prefix { $0 != "%" })
        return inet_pton(AF_INET6, withoutZone, &bytes) == 1 ? bytes : nil
    }
}
