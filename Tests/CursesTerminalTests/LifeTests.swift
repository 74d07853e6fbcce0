import Glibc
import Screen
import TestSupport
import Testing

@testable import CursesTerminal

extension OneScreenAtATime {
    /// Taking the terminal, and giving it back.
    @Suite struct LifeTests {
        private func hello(_ size: Size) -> Surface {
            var surface = Surface(size: size)
            surface.put("hello", row: size.rows - 1, column: 0, role: .text)
            return surface
        }

        @Test("After close the terminal is as before", arguments: [false, true])
        func close(mouse: Bool) throws {
            var bench = try Bench()
            bench.options.mouse = mouse
            let before = bench.user.settings
            let terminal = try bench.open()
            #expect(!bench.user.isCooked)
            terminal.show(hello(terminal.size))
            #expect(bench.user.screen.modes == (mouse ? [1, 7, 1000, 1006, 1049, 2004] : [1, 7, 1049, 2004]))
            terminal.close()
            bench.user.settle(milliseconds: 0)
            #expect(bench.user.settings == before)
            #expect(bench.user.isSane)
            #expect(bench.user.screen.unknown.isEmpty)
            terminal.close()
            terminal.present(hello(terminal.size))
            terminal.resume()
            #expect(bench.user.isSane)
        }

        @Test("Closing before anything was shown leaves nothing behind")
        func closedAtOnce() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.close()
            bench.user.settle(milliseconds: 0)
            #expect(bench.user.isSane)
        }

        @Test("Suspended the terminal is the shell's, resumed it is drawn anew")
        func suspend() throws {
            var bench = try Bench()
            bench.options.mouse = true
            let before = bench.user.settings
            let terminal = try bench.open()
            let raw = bench.user.settings
            let surface = hello(terminal.size)
            terminal.show(surface)
            let modes = bench.user.screen.modes
            for _ in 0..<3 {
                terminal.suspend()
                terminal.present(surface)
                bench.user.settle(milliseconds: 0)
                #expect(bench.user.settings == before)
                #expect(bench.user.isSane)
                terminal.resume()
                #expect(bench.user.settings == raw)
                terminal.show(surface)
                #expect(bench.user.screen.modes == modes)
                #expect(bench.user.lines == (0..<10).map(surface.line))
            }
            terminal.close()
            bench.user.settle(milliseconds: 0)
            #expect(bench.user.isSane)
            #expect(bench.user.screen.unknown.isEmpty)
        }

        @Test("A window that changed while suspended has its new size after that")
        func resizedAway() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            terminal.suspend()
            bench.user.resize(rows: 20, columns: 70)
            terminal.resume()
            #expect(terminal.size == Size(rows: 20, columns: 70))
            let surface = hello(terminal.size)
            terminal.show(surface)
            #expect(bench.user.lines == (0..<20).map(surface.line))
            terminal.close()
        }

        @Test("Resume without suspend repairs what somebody else did to the terminal")
        func repaired() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            let surface = hello(terminal.size)
            terminal.show(surface)
            terminal.resume()
            let before = terminal.bytesSent
            terminal.show(surface)
            #expect(terminal.bytesSent > before + 10)
            #expect(bench.user.lines == (0..<10).map(surface.line))
            terminal.close()
        }

        @Test(
            "Every size of the window is taken, down to one cell",
            arguments: [
                (24, 80), (1, 1), (2, 500), (200, 3), (50, 200), (10, 40),
            ])
        func resize(rows: Int, columns: Int) throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            bench.user.resize(rows: rows, columns: columns)
            terminal.resize()
            #expect(terminal.size == Size(rows: rows, columns: columns))
            let surface = hello(terminal.size)
            terminal.show(surface)
            #expect(bench.user.lines == (0..<rows).map(surface.line))
            let before = terminal.bytesSent
            terminal.resize()
            terminal.show(surface)
            #expect(terminal.bytesSent == before)
            terminal.close()
        }

        @Test("A window of absurd size is used as far as makes sense")
        func absurd() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            bench.user.resize(rows: 5_000, columns: 5_000)
            terminal.resize()
            #expect(terminal.size == Size(rows: 1000, columns: 2000))
            terminal.present(hello(terminal.size))
            terminal.close()
        }

        @Test("A terminal that does not know its size has the one of the environment, or 24 rows of 80")
        func noSize() throws {
            let bench = try Bench(rows: 0, columns: 0)
            let terminal = try bench.open()
            #expect(terminal.size == Size(rows: 24, columns: 80))
            terminal.close()
            let other = try Bench(rows: 0, columns: 0, ["LINES": "30", "COLUMNS": "100"])
            let second = try other.open()
            #expect(second.size == Size(rows: 30, columns: 100))
            second.close()
        }

        @Test("A closed window is noticed, and closing then is harmless")
        func hangUp() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            #expect(terminal.nextInput() == nil)
            #expect(!terminal.isClosed)
            bench.user.hangUp()
            #expect(terminal.nextInput() == nil)
            #expect(terminal.isClosed)
            #expect(!terminal.isBacklogged)
            terminal.present(hello(terminal.size))
            terminal.close()
        }

        @Test("A terminal that is stuck does not keep the program from leaving")
        func stuck() throws {
            let bench = try Bench(rows: 60, columns: 200)
            let terminal = try bench.open()
            var frames = 0
            while !terminal.isBacklogged {
                var surface = Surface(size: terminal.size)
                let text = String(repeating: "\(frames % 10)", count: 200)
                for row in 0..<60 { surface.put(text, row: row, column: 0, role: .text) }
                terminal.present(surface)
                frames += 1
            }
            terminal.close()
            #expect(bench.user.isCooked)
            bench.user.settle(milliseconds: 0)
            #expect(bench.user.screen.modes.isDisjoint(with: [1, 1000, 1049, 2004]))
        }

        @Test("No frame swallows a signal that is to stop the program")
        func pendingStop() throws {
            var stop = sigset_t()
            var before = sigset_t()
            sigemptyset(&stop)
            sigaddset(&stop, SIGTSTP)
            pthread_sigmask(SIG_BLOCK, &stop, &before)
            defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
            let bench = try Bench()
            let terminal = try bench.open()
            pthread_kill(pthread_self(), SIGTSTP)
            terminal.show(hello(terminal.size))
            terminal.repaint()
            terminal.show(hello(terminal.size))
            terminal.suspend()
            var now = timespec()
            #expect(sigtimedwait(&stop, nil, &now) == SIGTSTP)
        }

        @Test("A file is no terminal")
        func noTerminal() throws {
            var options = CursesTerminal.Options()
            options.inputDescriptor = -1
            options.outputDescriptor = -1
            do {
                var terminal = try CursesTerminal(theme: .plain, options: options)
                terminal.close()
                Issue.record("a terminal on nothing")
            } catch {
                #expect(error == .notATerminal)
                #expect(error.description.contains("terminal"))
            }
        }

        @Test("The mouse can be switched on and off while running; off is the default")
        func mouse() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            #expect(!terminal.mouse && !bench.user.screen.modes.contains(1000))
            terminal.mouse = true
            terminal.show(hello(terminal.size))
            #expect(bench.user.screen.modes.isSuperset(of: [1000, 1006]))
            bench.user.send("\u{1b}[<0;3;2M".utf8)
            #expect(terminal.nextInput() == .mouse(Mouse(row: 1, column: 2, kind: .press(0))))
            terminal.mouse = false
            terminal.show(hello(terminal.size))
            #expect(bench.user.screen.modes.isDisjoint(with: [1000, 1006]))
            terminal.close()
        }

        @Test("Keys, text and pasted text come from the terminal")
        func input() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            bench.user.type("aé<Up><Enter><Ctrl-c><F5>")
            bench.user.paste("one\ntwo")
            let expected: [Input] = [
                .key(.character("a")), .key(.character("é")), .key(.up), .key(.enter), .key(.control("c")),
                .key(.function(5)), .paste("one\ntwo"),
            ]
            for input in expected { #expect(terminal.nextInput() == input) }
            #expect(terminal.nextInput() == nil)
            bench.user.send([0x1b])
            #expect(terminal.nextInput() == .key(.escape))
            #expect(terminal.nextInput() == nil)
            terminal.close()
        }

        @Test("Copied text goes to the user's clipboard, through what stands between; too long text does not")
        func copy() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            #expect(terminal.copy(Array("robots/ev3".utf8)))
            terminal.show(hello(terminal.size))
            #expect(bench.user.screen.clipboard == ["cm9ib3RzL2V2Mw=="])
            let before = terminal.bytesSent
            #expect(!terminal.copy([UInt8](repeating: 65, count: 56_245)))
            #expect(terminal.bytesSent == before)
            #expect(bench.user.screen.unknown.isEmpty)
            terminal.close()
            #expect(!terminal.copy([65]))
        }

        @Test("A terminal without a clipboard is not sent one")
        func noClipboard() throws {
            let bench = try Bench(["TERM": "vt100"])
            let terminal = try bench.open()
            terminal.show(hello(terminal.size))
            #expect(!terminal.copy([65]))
            terminal.close()
        }
    }
}
