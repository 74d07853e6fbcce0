/// The bytes of all topics, each in one piece, in blocks of 64 KiB that never move.
struct PathArena: ~Copyable {
    /// The blocks.
    private(set) var blocks: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private var blockCount = 0
    private var blockCapacity = 8
    /// Bytes used in the last block.
    private var used = PathArena.blockSize

    private static let blockSize = 1 << 16
    private static let blockLimit = 1 << 16

    /// An arena without bytes.
    init() { blocks = .allocate(capacity: blockCapacity) }

    deinit {
        for index in 0..<blockCount { blocks[index].deallocate() }
        blocks.deallocate()
    }

    /// Bytes taken, with what is lost at the ends of blocks.
    var heldBytes: Int { max(blockCount - 1, 0) * Self.blockSize + (blockCount == 0 ? 0 : used) }

    /// What `heldBytes` will grow by when `count` bytes, at most 65,535, are added; `nil` when there is no room at all.
    func cost(of count: Int) -> Int? {
        if blockCount > 0, used + count <= Self.blockSize { return count }
        guard blockCount < Self.blockLimit else { return nil }
        return (blockCount == 0 ? 0 : Self.blockSize - used) + count
    }

    /// Copies `bytes`, at most 65,535 and not more than `cost(of:)` allows, and returns where they lie.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        if blockCount == 0 || used + bytes.count > Self.blockSize { addBlock() }
        let offset = used
        if let base = bytes.baseAddress {
            (blocks[blockCount - 1] + offset).copyMemory(from: base, byteCount: bytes.count)
        }
        used += bytes.count
        // An empty path at the very end of a block lies nowhere; any place will do for it.
        return UInt32(blockCount - 1) << 16 | UInt32(offset & 0xFFFF)
    }

    /// The first of the bytes that lie at `offset`.
    @inline(__always)
    func pointer(_ offset: UInt32) -> UnsafeRawPointer { Self.pointer(offset, in: blocks) }

    /// The first of the bytes that lie at `offset` in `blocks`.
    @inline(__always)
    static func pointer(_ offset: UInt32, in blocks: UnsafeMutablePointer<UnsafeMutableRawPointer>) -> UnsafeRawPointer
    {
        UnsafeRawPointer(blocks[Int(offset >> 16)] + Int(offset & 0xFFFF))
    }

    private mutating func addBlock() {
        if blockCount == blockCapacity {
            let wider = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: blockCapacity * 2)
            wider.moveInitialize(from: blocks, count: blockCount)
            blocks.deallocate()
            blocks = wider
            blockCapacity *= 2
        }
        (blocks + blockCount).initialize(to: .allocate(byteCount: Self.blockSize, alignment: 16))
        blockCount += 1
        used = 0
    }
}
