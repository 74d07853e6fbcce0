/// First in, first out, both O(1) on average.
struct Queue<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var head = 0

    /// How many wait.
    var count: Int { elements.count - head }
    /// Whether none waits.
    var isEmpty: Bool { head == elements.count }
    /// The one that waits longest.
    var first: Element? { isEmpty ? nil : elements[head] }

    /// Adds `element` behind all others.
    mutating func append(_ element: Element) { elements.append(element) }

    /// All of them, the one that waits longest first.
    var all: [Element] { elements[head...].compactMap(\.self) }

    /// Puts `element` in the place of the one that waits longest, which there must be.
    mutating func replaceFirst(with element: Element) { elements[head] = element }

    /// Takes the one that waits longest.
    @discardableResult
    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            elements[head] = nil
            head += 1
            if head == elements.count {
                elements.removeAll(keepingCapacity: head <= 1_024)
                head = 0
            } else if head >= 1_024, head * 2 >= elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }
}
