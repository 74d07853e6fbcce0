import CLinux
import Glibc
import Testing

/// Clocks, events, widths and signals.
@Suite struct SystemTests {
    @Test("The clock never runs backwards")
    func clock() {
        var last = clinux_now()
        for _ in 0..<1000 {
            let now = clinux_now()
            #expect(now >= last)
            last = now
        }
        #expect(clinux_wall_now() > 1_700_000_000_000_000_000)
    }

    @Test("Random numbers are not the same twice")
    func random() {
        #expect(Set((0..<100).map { _ in clinux_random() }).count == 100)
    }

    @Test("An event is readable from the first signal until it is cleared")
    func event() {
        let event = clinux_event_open()
        defer { close(event) }
        #expect(clinux_wait_readable(event, 0) == 0)
        clinux_event_signal(event)
        clinux_event_signal(event)
        #expect(clinux_wait_readable(event, 0) == 1)
        clinux_event_clear(event)
        #expect(clinux_wait_readable(event, 0) == 0)
        clinux_event_clear(event)
    }

    @Test("Waiting tells ready, not ready and gone apart")
    func waiting() {
        var ends: [Int32] = [-1, -1]
        #expect(clinux_pipe(&ends) == 0)
        #expect(clinux_wait_readable(ends[0], 0) == 0)
        #expect(clinux_wait_writable(ends[1], 0) == 1)
        close(ends[0])
        #expect(clinux_wait_writable(ends[1], 0) != 0)
        close(ends[1])
        #expect(clinux_wait_readable(1_000_000, 0) == -1)
    }

    @Test(
        "Widths are those of a UTF-8 terminal, whatever the locale",
        arguments: [
            (0x41, 1), (0x20, 1), (0x7, -1), (0x7f, -1), (0x9b, -1), (0xe9, 1), (0x301, 0), (0x200b, 0), (0x2500, 1),
            (0x6e29, 2), (0xac00, 2), (0x1161, 0), (0x1f600, 2), (0x378, -1), (0x10ffff, -1), (0x7fff_ffff, -1),
        ] as [(UInt32, Int32)])
    func widths(scalar: UInt32, width: Int32) {
        #expect(clinux_wcwidth(scalar) == width)
    }

    @Test("Signals come as data, one after the other, and nothing else is interrupted")
    func signals() {
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &before)
        let descriptor = clinux_signals_open()
        defer {
            close(descriptor)
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        #expect(clinux_signals_read(descriptor) == 0)
        pthread_kill(pthread_self(), SIGTERM)
        pthread_kill(pthread_self(), SIGWINCH)
        #expect(clinux_wait_readable(descriptor, 0) == 1)
        #expect(Set([clinux_signals_read(descriptor), clinux_signals_read(descriptor)]) == [SIGTERM, SIGWINCH])
        #expect(clinux_signals_read(descriptor) == 0)
    }

    @Test("A thread runs and is waited for")
    func threads() {
        let event = clinux_event_open()
        defer { close(event) }
        var thread: UInt64 = 0
        let context = UnsafeMutableRawPointer(bitPattern: Int(event))
        #expect(clinux_thread_start({ clinux_event_signal(Int32(Int(bitPattern: $0))) }, context, &thread) == 0)
        clinux_thread_join(thread)
        #expect(clinux_wait_readable(event, 0) == 1)
    }

    @Test("A file is no terminal")
    func noTerminal() {
        var ends: [Int32] = [-1, -1]
        #expect(clinux_pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var (rows, columns): (Int32, Int32) = (0, 0)
        #expect(clinux_window_size(ends[0], &rows, &columns) != 0)
        #expect(clinux_terminal_save(ends[0]) == nil)
        #expect(clinux_terminal_reopen(ends[0]) == -1)
    }
}
