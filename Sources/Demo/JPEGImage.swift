/// Draws small grey pictures as baseline JPEG files that every viewer can open (ITU-T T.81).
///
/// No camera and no transform: each block of 8×8 pixels is given directly by its mean (DC) and seven frequencies (AC).
struct JPEGImage: Sendable {
    /// Width in blocks of 8 pixels.
    static let columns = 40
    /// Height in blocks of 8 pixels.
    static let rows = 30

    private var bytes: [UInt8]
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var previousMean = 0

    /// The file of a 320×240 picture. `mean` gives the grey of a block, 0…255, by row and column; `random` the grain.
    static func file(random: inout SeededGenerator, mean: (Int, Int) -> Double) -> [UInt8] {
        var image = JPEGImage(bytes: header)
        for row in 0..<rows {
            for column in 0..<columns {
                let here = mean(row, column)
                image.block(
                    mean: Int(min(255, max(0, here))) - 128, across: mean(row, column + 1) - here,
                    down: mean(row + 1, column) - here, random: &random)
            }
        }
        return image.finished()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// One block. The code tables of `header` have codes of one length: 4 bits for DC sizes, 3 for AC sizes and the end.
    private mutating func block(mean: Int, across: Double, down: Double, random: inout SeededGenerator) {
        let size = Self.size(mean - previousMean)
        put(UInt32(size), count: 4)
        put(mean - previousMean, size: size)
        previousMean = mean
        for frequency in 0..<7 {
            let slope = frequency == 0 ? -across : frequency == 1 ? -down : 0
            let value = Int(min(31, max(-31, slope * 0.6 + random.spread(9.5))))
            // A zero would need a run-length code: the tables have none.
            let coefficient = value == 0 ? 1 : value
            let size = Self.size(coefficient)
            put(UInt32(size), count: 3)
            put(coefficient, size: size)
        }
        put(0, count: 3)
    }

    /// Bits that the magnitude of `value` takes (T.81 table F.1).
    private static func size(_ value: Int) -> Int { Int.bitWidth - value.magnitude.leadingZeroBitCount }

    /// Appends `value` in its `size` bits; a negative one as its ones' complement.
    private mutating func put(_ value: Int, size: Int) {
        put(UInt32(truncatingIfNeeded: value < 0 ? value + (1 << size) - 1 : value), count: size)
    }

    private mutating func put(_ value: UInt32, count: Int) {
        bits = bits << UInt32(count) | value
        bitCount += count
        while bitCount >= 8 {
            let byte = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount - 8))
            bytes.append(byte)
            if byte == 0xFF { bytes.append(0) }  // else it would be a marker
            bitCount -= 8
        }
    }

    private mutating func finished() -> [UInt8] {
        put(0x7F, count: 7)  // fills the last byte with ones
        bytes += [0xFF, 0xD9]
        return bytes
    }

    private static let header: [UInt8] = {
        var writer = ByteWriter()
        func segment(_ marker: UInt8, _ content: [UInt8]) {
            writer.raw([0xFF, marker])
            writer.big(UInt16(content.count + 2))
            writer.raw(content)
        }
        writer.raw([0xFF, 0xD8])
        segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        segment(0xDB, [0] + [8] + [UInt8](repeating: 10, count: 63))  // quantisation: DC in steps of one grey
        let (height, width) = (rows * 8, columns * 8)
        let size = [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)]
        segment(0xC0, [8] + size + [1, 1, 0x11, 0])
        segment(0xC4, [0x00] + counts(of: 9, length: 4) + [0, 1, 2, 3, 4, 5, 6, 7, 8])
        segment(0xC4, [0x10] + counts(of: 7, length: 3) + [0, 1, 2, 3, 4, 5, 6])
        segment(0xDA, [1, 1, 0, 0, 63, 0])
        return writer.bytes
    }()

    /// The sixteen counts of a Huffman table whose codes all have `length` bits.
    private static func counts(of codes: UInt8, length: Int) -> [UInt8] {
        (1...16).map { $0 == length ? codes : 0 }
    }
}
