import CursesTerminal
import Screen
import Testing

/// The bytes of terminals, and what the user did.
@Suite struct KeyDecoderTests {
    /// All that comes of some text, sent at once, or byte by byte.
    private func inputs(_ text: String, bytewise: Bool = false) -> [Input] {
        inputs(bytes: Array(text.utf8), bytewise: bytewise)
    }

    private func inputs(bytes: [UInt8], bytewise: Bool = false) -> [Input] {
        var decoder = KeyDecoder()
        var result: [Input] = []
        for piece in bytewise ? bytes.map({ [$0] }) : [bytes] {
            decoder.feed(piece)
            while let input = decoder.next() { result.append(input) }
        }
        while let input = decoder.giveUp() {
            result.append(input)
            while let next = decoder.next() { result.append(next) }
        }
        return result
    }

    @Test(
        "Each key of each usual terminal is known",
        arguments: [
            ("a", Key.character("a")), (" ", .character(" ")), ("é", .character("é")), ("温", .character("温")),
            ("😀", .character("😀")), ("\r", .enter), ("\n", .enter), ("\t", .tab), ("\u{7f}", .backspace),
            ("\u{8}", .backspace),
            ("\u{3}", .control("c")), ("\u{1a}", .control("z")), ("\u{c}", .control("l")), ("\0", .control(" ")),
            ("\u{1c}", .control("\\")), ("\u{1f}", .control("_")), ("\u{1b}", .escape), ("\u{1b}x", .alt("x")),
            ("\u{1b}é", .alt("é")), ("\u{1b} ", .alt(" ")), ("\u{1b}\u{7f}", .backspace),
            ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}[B", .down), ("\u{1b}OB", .down), ("\u{1b}[C", .right),
            ("\u{1b}[D", .left), ("\u{1b}[H", .home), ("\u{1b}OH", .home), ("\u{1b}[F", .end), ("\u{1b}[1~", .home),
            ("\u{1b}[4~", .end), ("\u{1b}[7~", .home), ("\u{1b}[8~", .end), ("\u{1b}[2~", .insert),
            ("\u{1b}[3~", .delete),
            ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown), ("\u{1b}[Z", .backTab), ("\u{1b}[1;5A", .up),
            ("\u{1b}[1;2D", .left), ("\u{1b}[3;5~", .delete), ("\u{1b}Oa", .up), ("\u{1b}[b", .down),
            ("\u{1b}OP", .function(1)),
            ("\u{1b}OS", .function(4)), ("\u{1b}[11~", .function(1)), ("\u{1b}[[A", .function(1)),
            ("\u{1b}[[E", .function(5)),
            ("\u{1b}[15~", .function(5)), ("\u{1b}[17~", .function(6)), ("\u{1b}[24~", .function(12)),
            ("\u{1b}[24;2~", .function(12)), ("\u{1b}[1;2P", .function(1)), ("\u{1b}[34~", .function(20)),
            ("\u{1b}OM", .enter), ("\u{1b}Oq", .character("1")), ("\u{1b}Ok", .character("+")),
            ("\u{1b}[27;5;9~", .tab), ("\u{1b}[9;2u", .backTab), ("\u{1b}[97;5u", .control("a")),
            ("\u{1b}[13;2u", .enter),
            ("\u{1b}[120;3u", .alt("x")), ("\u{1b}[228u", .character("ä")),
        ])
    func keys(text: String, key: Key) {
        #expect(inputs(text) == [.key(key)])
        #expect(inputs(text + "z") == (text == "\u{1b}" ? [.key(.alt("z"))] : [.key(key), .key(.character("z"))]))
        if text != "\u{1b}" { #expect(inputs(text, bytewise: true) == [.key(key)]) }
    }

    @Test(
        "Answers to questions of somebody else, and keys nobody knows, are nothing",
        arguments: [
            "\u{1b}[?62;22c", "\u{1b}[>41;366;0c", "\u{1b}[12;40R", "\u{1b}[0n", "\u{1b}[?1;2$y", "\u{1b}[8;24;80t",
            "\u{1b}[I",
            "\u{1b}[O", "\u{1b}]11;rgb:0000/0000/0000\u{7}", "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\",
            "\u{1b}P1+r544e=78\u{1b}\\",
            "\u{1b}P>|XTerm(366)\u{1b}\\", "\u{1b}_Gi=1;OK\u{1b}\\", "\u{1b}[57441;1u", "\u{1b}[99~", "\u{1b}[E",
            "\u{1b}[201~",
            "\u{1b}[?u", "\u{1b}[<64", "\u{1b}[<1;2", "\u{1b}[999999999999999999999~", "\u{1b}[;;;;;;;~",
            "\u{1b}[1:2:3",
            "\u{1b}[" + String(repeating: "1;", count: 500) + "m", "\u{1b}[[Z",
        ])
    func answers(text: String) {
        let isWhole = !text.hasSuffix("64") && !text.hasSuffix(";2") && !text.hasSuffix("3")
        #expect(inputs(text).isEmpty)
        if isWhole {
            #expect(inputs(text + "z").suffix(1) == [.key(.character("z"))])
            #expect(inputs(text, bytewise: true).isEmpty)
        }
    }

    @Test(
        "Ctrl-C comes through in any state",
        arguments: [
            "\u{1b}", "\u{1b}[", "\u{1b}[1;", "\u{1b}]11;rgb", "\u{1b}P1+r", "\u{1b}O", "\u{1b}[200~pasted", "\u{c3}",
            "\u{1b}[<0;1",
            "\u{1b}[" + String(repeating: "1;", count: 500), "\u{1b}[[",
        ])
    func alwaysLeaves(start: String) {
        var decoder = KeyDecoder()
        decoder.feed(Array(start.utf8))
        while decoder.next() != nil {}
        decoder.feed([3])
        var last: Input?
        while let input = decoder.next() { last = input }
        #expect(last == .key(.control("c")))
    }

    @Test("An escape character is undecided until something follows or nothing does")
    func undecided() {
        for (text, key) in [
            ("\u{1b}", Key.escape), ("\u{1b}[", .alt("[")), ("\u{1b}O", .alt("O")), ("\u{1b}]", .alt("]")),
            ("\u{1b}P", .alt("P")),
        ] {
            var decoder = KeyDecoder()
            #expect(decoder.giveUp() == nil)
            decoder.feed(Array(text.utf8))
            #expect(decoder.next() == nil)
            #expect(decoder.isUndecided)
            #expect(decoder.giveUp() == .key(key))
            #expect(!decoder.isUndecided)
            decoder.feed([0x61])
            #expect(decoder.next() == .key(.character("a")))
        }
        #expect(inputs("\u{1b}\u{1b}[A") == [.key(.escape), .key(.up)])
        #expect(inputs("\u{1b}\u{1b}") == [.key(.escape), .key(.escape)])
    }

    @Test("Pasted text is one input, whatever is in it and however it arrives", arguments: [false, true])
    func paste(bytewise: Bool) {
        let text = "q\r\nx\ry\u{1b}[A\u{7}é\u{1b}[20温"
        let sent = "a\u{1b}[200~\(text)\u{1b}[201~b"
        #expect(
            inputs(sent, bytewise: bytewise) == [
                .key(.character("a")), .paste("q\nx\ny\u{1b}[A\u{7}é\u{1b}[20温"), .key(.character("b")),
            ])
        #expect(inputs("\u{1b}[200~\u{1b}[201~", bytewise: bytewise) == [.paste("")])
    }

    @Test("Very long pasted text comes in pieces, none of it lost")
    func longPaste() {
        let text = String(repeating: "0123456789", count: 300_000)
        let all = inputs("\u{1b}[200~\(text)\u{1b}[201~")
        var joined = ""
        for input in all { if case .paste(let piece) = input { joined += piece } }
        #expect(joined == text)
    }

    @Test(
        "The mouse is read in both spellings",
        arguments: [
            ("\u{1b}[<0;1;1M", Mouse(row: 0, column: 0, kind: .press(0))),
            ("\u{1b}[<2;200;50M", Mouse(row: 49, column: 199, kind: .press(2))),
            ("\u{1b}[<0;5;6m", Mouse(row: 5, column: 4, kind: .release)),
            ("\u{1b}[<64;5;6M", Mouse(row: 5, column: 4, kind: .wheelUp)),
            ("\u{1b}[<65;5;6M", Mouse(row: 5, column: 4, kind: .wheelDown)),
            ("\u{1b}[<20;5;6M", Mouse(row: 5, column: 4, kind: .press(0))),
            ("\u{1b}[M !!", Mouse(row: 0, column: 0, kind: .press(0))),
            ("\u{1b}[M#%&", Mouse(row: 5, column: 4, kind: .release)),
            ("\u{1b}[M`%&", Mouse(row: 5, column: 4, kind: .wheelUp)),
        ])
    func mouse(text: String, mouse: Mouse) {
        #expect(inputs(text) == [.mouse(mouse)])
        #expect(inputs(text, bytewise: true) == [.mouse(mouse)])
    }

    @Test(
        "Movement and impossible places are nothing",
        arguments: [
            "\u{1b}[<35;5;6M", "\u{1b}[<0;0;0M", "\u{1b}[<66;5;6M", "\u{1b}[<0;5M", "\u{1b}[<;;M", "\u{1b}[<300;1;1M",
        ])
    func noMouse(text: String) {
        #expect(inputs(text + "z") == [.key(.character("z"))])
    }

    @Test("Sequences of the terminal's own entry are known, too")
    func known() {
        var decoder = KeyDecoder(known: [Array("\u{1b}[225z".utf8): .function(2), Array("\u{1b}[42~".utf8): .pageUp])
        decoder.feed(Array("\u{1b}[225z\u{1b}[42~".utf8))
        #expect(decoder.next() == .key(.function(2)))
        #expect(decoder.next() == .key(.pageUp))
        #expect(decoder.next() == nil)
    }

    @Test(
        "Bytes that are not UTF-8 are nothing, and what follows them is not lost",
        arguments: [
            [0xff, 0x61], [0xc3, 0x61], [0xe2, 0x82, 0x61], [0x80, 0x61], [0xf0, 0x9f, 0x61], [0xc2, 0x9b, 0x61],
            [0xed, 0xa0, 0x80, 0x61],
        ] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        #expect(inputs(bytes: bytes).last == .key(.character("a")))
        #expect(inputs(bytes: bytes).count == 1)
    }

    @Test("No bytes trap the decoder or keep it busy, and Enter works after them", arguments: 0..<10 as Range<UInt64>)
    func anything(seed: UInt64) {
        var random = Seeded(seed)
        let starts: [[UInt8]] = [
            [0x1b], [0x1b, 0x5b], [0x1b, 0x4f], [0x1b, 0x5d, 0x31], Array("\u{1b}[200~".utf8),
            Array("\u{1b}[201~".utf8),
            Array("\u{1b}[<0;1".utf8), Array("\u{1b}[M".utf8), [0xe2, 0x82], [0x3b], [0x7e],
        ]
        var decoder = KeyDecoder()
        for _ in 0..<5_000 {
            let bytes =
                Bool.random(using: &random)
                ? starts[Int.random(in: 0..<starts.count, using: &random)]
                : (0..<Int.random(in: 1...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            decoder.feed(bytes)
            while decoder.next() != nil {}
            if decoder.isUndecided, Bool.random(using: &random) { _ = decoder.giveUp() }
        }
        decoder.feed([3])
        decoder.feed(Array("\u{1b}\\\u{1b}[201~\r\r\r".utf8))
        var last: Input?
        while let input = decoder.next() { last = input }
        #expect(last == .key(.enter))
    }
}
