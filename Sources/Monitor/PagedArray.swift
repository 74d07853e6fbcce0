/// Plain values in pages that never move: an index is for good and growing copies nothing.
struct PagedArray<Element: BitwiseCopyable>: ~Copyable {
    /// How many elements it holds.
    private(set) var count = 0
    /// The first element of each page.
    private(set) var pages: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private var pageCount = 0
    private var pageCapacity = 8

    /// Elements of a page.
    private static var pageSize: Int { 1024 }

    /// An array without elements.
    init() { pages = .allocate(capacity: pageCapacity) }

    deinit {
        for index in 0..<pageCount { pages[index].deallocate() }
        pages.deallocate()
    }

    /// Bytes that hold elements.
    var heldBytes: Int { count * MemoryLayout<Element>.stride }

    /// Where the element at `index`, which must exist, lies.
    @inline(__always)
    subscript(index: UInt32) -> UnsafeMutablePointer<Element> { Self.element(index, in: pages) }

    /// Where the element at `index` lies in `pages`.
    @inline(__always)
    static func element(
        _ index: UInt32, in pages: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    ) -> UnsafeMutablePointer<Element> {
        pages[Int(index >> 10)] + Int(index & 1023)
    }

    /// Adds `element` and returns its index.
    mutating func append(_ element: Element) -> UInt32 {
        if count == pageCount * Self.pageSize { addPage() }
        let index = UInt32(count)
        count += 1
        self[index].initialize(to: element)
        return index
    }

    private mutating func addPage() {
        if pageCount == pageCapacity {
            let wider = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: pageCapacity * 2)
            wider.moveInitialize(from: pages, count: pageCount)
            pages.deallocate()
            pages = wider
            pageCapacity *= 2
        }
        (pages + pageCount).initialize(to: .allocate(capacity: Self.pageSize))
        pageCount += 1
    }
}
