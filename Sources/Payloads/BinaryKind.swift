/// What binary payloads are, by how they begin or are built.
enum BinaryKind {
    /// The first bytes of formats that have their own, and their names.
    private static let magics: [(start: [UInt8], name: String)] = [
        ([0xFF, 0xD8, 0xFF], "JPEG"), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "PNG"),
        (Array("GIF87a".utf8), "GIF"), (Array("GIF89a".utf8), "GIF"), ([0x1F, 0x8B, 0x08], "gzip"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
    ]

    /// The name of the format that `bytes` begin as; of a picture with its size.
    static func name(magicOf bytes: [UInt8]) -> String? {
        guard let name = plainName(magicOf: bytes[...]) else { return nil }
        return size(name, bytes).map { "\(name) \($0.width)×\($0.height)" } ?? name
    }

    /// The name of the format that `bytes` begin as.
    static func plainName(magicOf bytes: ArraySlice<UInt8>) -> String? {
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "WebP" }
        return magics.first { bytes.starts(with: $0.start) }?.name
    }

    // MARK: Size of pictures

    private static func size(_ name: String, _ bytes: [UInt8]) -> (width: Int, height: Int)? {
        switch name {
        case "PNG":
            // IHDR is always the first chunk: width and height at 16 and 20, big-endian.
            guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
            return (bigEndian(bytes[16..<20]), bigEndian(bytes[20..<24]))
        case "GIF":
            guard bytes.count >= 10 else { return nil }
            return (Int(bytes[6]) | Int(bytes[7]) << 8, Int(bytes[8]) | Int(bytes[9]) << 8)
        case "JPEG": return sizeOfJPEG(bytes)
        default: return nil
        }
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// Goes from segment to segment to the frame header (SOF), which holds the size.
    private static func sizeOfJPEG(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        var index = 2
        for _ in 0..<256 {
            guard index + 4 <= bytes.count, bytes[index] == 0xFF else { return nil }
            let marker = bytes[index + 1]
            if marker == 0xFF {  // a fill byte
                index += 1
                continue
            }
            let length = bigEndian(bytes[index + 2..<index + 4])
            guard length >= 2 else { return nil }
            switch marker {
            case 0xC4, 0xC8, 0xCC: break  // tables, not frames
            case 0xC0...0xCF:
                guard index + 9 <= bytes.count else { return nil }
                return (bigEndian(bytes[index + 7..<index + 9]), bigEndian(bytes[index + 5..<index + 7]))
            case 0xD8...0xDA: return nil  // the picture begins, without a frame header
            default: break
            }
            index += 2 + length
        }
        return nil
    }

    // MARK: MessagePack and CBOR

    /// The name of the format that `bytes` are from the first to the last: a map with a text for its first key.
    static func name(structureOf bytes: [UInt8]) -> String? {
        let isMessagePack = isWhole(bytes, beginsWithMap: beginsWithMessagePackMap, item: messagePackItem)
        let isCBOR = isWhole(bytes, beginsWithMap: beginsWithCBORMap, item: cborItem)
        switch (isMessagePack, isCBOR) {
        case (true, false): return "MessagePack"
        case (false, true): return "CBOR"
        default: return nil
        }
    }

    /// What an item takes: its own bytes, and how many items follow inside it.
    private typealias Item = (byteCount: Int, children: Int)

    /// Whether `bytes` are exactly one item with all that is inside it. Lengths come first in both formats, so that a
    /// count of the items to come is all there is to remember.
    private static func isWhole(
        _ bytes: [UInt8], beginsWithMap: ([UInt8]) -> Bool, item: ([UInt8], Int) -> Item?
    ) -> Bool {
        guard bytes.count >= 4, beginsWithMap(bytes) else { return false }
        var index = 0
        var missing = 1
        while missing > 0 {
            guard index < bytes.count, let (byteCount, children) = item(bytes, index) else { return false }
            let left = bytes.count - index - byteCount
            missing += children - 1
            guard left >= missing else { return false }  // every item has a byte at least
            index += byteCount
        }
        return index == bytes.count
    }

    private static func beginsWithMessagePackMap(_ bytes: [UInt8]) -> Bool {
        let key: UInt8
        switch bytes[0] {
        case 0x81...0x8F: key = bytes[1]
        case 0xDE: key = bytes[3]
        default: return false
        }
        return (0xA0...0xBF).contains(key) || (0xD9...0xDB).contains(key)
    }

    private static func messagePackItem(_ bytes: [UInt8], _ index: Int) -> Item? {
        func length(_ count: Int) -> Int? {
            guard index + 1 + count <= bytes.count else { return nil }
            return bigEndian(bytes[index + 1..<index + 1 + count])
        }
        switch bytes[index] {
        case 0x00...0x7F, 0xC0, 0xC2, 0xC3, 0xE0...0xFF: return (1, 0)
        case let byte where byte < 0x90: return (1, 2 * Int(byte & 15))
        case let byte where byte < 0xA0: return (1, Int(byte & 15))
        case let byte where byte < 0xC0: return (1 + Int(byte & 31), 0)
        case 0xC4, 0xD9: return length(1).map { (2 + $0, 0) }
        case 0xC5, 0xDA: return length(2).map { (3 + $0, 0) }
        case 0xC6, 0xDB: return length(4).map { (5 + $0, 0) }
        case 0xC7: return length(1).map { (3 + $0, 0) }
        case 0xC8: return length(2).map { (4 + $0, 0) }
        case 0xC9: return length(4).map { (6 + $0, 0) }
        case 0xCC, 0xD0: return (2, 0)
        case 0xCD, 0xD1: return (3, 0)
        case 0xCA, 0xCE, 0xD2: return (5, 0)
        case 0xCB, 0xCF, 0xD3: return (9, 0)
        case 0xD4...0xD8: return (2 + 1 << Int(bytes[index] - 0xD4), 0)
        case 0xDC: return length(2).map { (3, $0) }
        case 0xDD: return length(4).map { (5, $0) }
        case 0xDE: return length(2).map { (3, 2 * $0) }
        case 0xDF: return length(4).map { (5, 2 * $0) }
        default: return nil  // 0xC1 is never used
        }
    }

    private static func beginsWithCBORMap(_ bytes: [UInt8]) -> Bool {
        switch bytes[0] {
        case 0xA1...0xB7: bytes[1] >> 5 == 3
        case 0xB8: bytes[2] >> 5 == 3
        default: false
        }
    }

    /// Items of indefinite length are not looked at.
    private static func cborItem(_ bytes: [UInt8], _ index: Int) -> Item? {
        let (major, minor) = (bytes[index] >> 5, bytes[index] & 31)
        guard minor < 28 else { return nil }
        let argumentBytes = minor < 24 ? 0 : 1 << Int(minor - 24)
        guard index + 1 + argumentBytes <= bytes.count else { return nil }
        let argument = minor < 24 ? Int(minor) : bigEndian(bytes[index + 1..<index + 1 + argumentBytes])
        let head = 1 + argumentBytes
        // An argument of eight bytes may be anything, also too much to add to.
        guard major <= 1 || major >= 6 || (0...bytes.count).contains(argument) else { return nil }
        switch major {
        case 0, 1, 7: return (head, 0)
        case 2, 3: return (head + argument, 0)
        case 4: return (head, argument)
        case 5: return (head, 2 * argument)
        default: return (head, 1)  // a tag and what it marks
        }
    }
}
