import Testing

@testable import mqscope

@Suite("What two threads take turns with")
struct SharedTests {
    @Test("one at a time: who cannot wait is turned away")
    func turns() {
        let shared = Shared(0)
        let inner = shared.use { number in
            number += 1
            return shared.useIfFree { $0 += 100 } == nil
        }
        #expect(inner)
        #expect(shared.useIfFree { $0 } == 1)
    }

    @Test("two threads at once: no step is lost")
    func counting() async {
        let shared = Shared(0)
        await withTaskGroup { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<10_000 { shared.use { $0 += 1 } }
                }
            }
        }
        #expect(shared.use { $0 } == 20_000)
    }
}
