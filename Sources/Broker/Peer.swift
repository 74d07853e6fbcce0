/// The other end of a connection, as the broker's log names it.
package struct Peer: Sendable, Hashable, CustomStringConvertible {
    /// The address, or the path of a unix socket.
    package var address: String
    /// The port; `nil` where the broker does not say (before 2.0) or there is none.
    package var port: Int?

    /// The peer at `address` and `port`.
    package init(address: String, port: Int? = nil) {
        self.address = address
        self.port = port
    }

    /// The peer that `ADDRESS` or `ADDRESS:PORT` names.
    init(_ piece: Piece, mayHavePort: Bool = true) {
        guard mayHavePort, let (address, port) = piece.split(last: ":"), let number = port.number, !address.isEmpty,
            !Self.isIPv6(piece) || Self.isIPv6(address)
        else {
            self.init(address: Self.plain(piece))
            return
        }
        self.init(address: Self.plain(address), port: number > 0 ? number : nil)
    }

    /// The peer, when `piece` is an address, with or without a port; `nil` for any other text.
    init?(address piece: Piece) {
        let host = piece.split(last: ":").flatMap { $0.after.number == nil ? nil : $0.before }
        guard [piece, host].contains(where: { $0.map { Self.isIPv4($0) || Self.isIPv6($0) } ?? false }) else {
            return nil
        }
        self.init(piece)
    }

    /// `address:port`, an IPv6 address in brackets.
    package var description: String {
        guard let port else { return address }
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    /// IPv4 over a dual-stack socket is IPv4.
    private static func plain(_ piece: Piece) -> String {
        guard let rest = piece.dropping(first: "::ffff:"), isIPv4(rest) else { return piece.text }
        return rest.text
    }

    private static func isIPv4(_ piece: Piece) -> Bool {
        let parts = piece.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { Piece($0).number.map { $0 <= 255 } ?? false }
    }

    /// Whether it can be an IPv6 address: eight groups, or fewer with `::` once, the last two perhaps as IPv4.
    private static func isIPv6(_ piece: Piece) -> Bool {
        let colon = UInt8(ascii: ":")
        var groups = piece.bytes.split(separator: colon, omittingEmptySubsequences: false)
        guard (3...9).contains(groups.count) else { return false }
        var count = groups.count
        if let last = groups.last, isIPv4(Piece(last)) {
            groups.removeLast()
            count += 1
        }
        guard groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy(\.isHexadecimalDigit) }) else { return false }
        let gaps = Piece(piece.bytes).splits(last: "::").count
        return gaps == 1 || (gaps == 0 && count == 8 && !groups.contains { $0.isEmpty })
    }
}
