internal import CTestSupport

extension MiniScreen {
    /// Draws what a program sent.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { feed(byte) }
    }

    private mutating func feed(_ byte: UInt8) {
        switch state {
        case .ground: ground(byte)
        case .escape: escape(byte)
        case .sequence(let parameters):
            if (0x40...0x7e).contains(byte) {
                state = .ground
                perform(String(decoding: parameters, as: UTF8.self), final: byte)
            } else if byte < 0x20 {
                unknown.append("control \(byte) in a sequence")
                state = .ground
            } else {
                state = .sequence(parameters + [byte])
            }
        case .string(let text):
            if byte == 0x07 {
                endString(text)
            } else if byte == 0x1b {
                state = .stringEscape(text)
            } else {
                state = .string(text + [byte])
            }
        case .stringEscape(let text):
            if byte == UInt8(ascii: "\\") {
                endString(text)
            } else {
                unknown.append("ESC in a string")
                state = .ground
            }
        case .character(let start, let missing): character(start, missing, byte)
        }
    }

    private mutating func ground(_ byte: UInt8) {
        switch byte {
        case 0x1b: state = .escape
        case 0x0d: move(cursor.row, 0)
        case 0x0a: lineFeed()
        case 0x08: move(cursor.row, cursor.column - 1)
        case ..<0x20, 0x7f: unknown.append("control \(byte)")
        case ..<0x80: draw(Unicode.Scalar(byte))
        case 0xc2...0xdf: state = .character([byte], missing: 1)
        case 0xe0...0xef: state = .character([byte], missing: 2)
        case 0xf0...0xf4: state = .character([byte], missing: 3)
        default: unknown.append("byte \(byte), which is not UTF-8")
        }
    }

    private mutating func character(_ start: [UInt8], _ missing: Int, _ byte: UInt8) {
        guard byte & 0xc0 == 0x80 else {
            unknown.append("bytes \(start), which are not UTF-8")
            state = .ground
            ground(byte)
            return
        }
        guard missing == 1 else {
            state = .character(start + [byte], missing: missing - 1)
            return
        }
        state = .ground
        for scalar in String(decoding: start + [byte], as: UTF8.self).unicodeScalars { draw(scalar) }
    }

    private mutating func escape(_ byte: UInt8) {
        state = .ground
        switch byte {
        case UInt8(ascii: "["): state = .sequence([])
        case UInt8(ascii: "]"): state = .string([])
        case UInt8(ascii: "M"): reverseLineFeed()
        default: unknown.append("ESC \(Unicode.Scalar(byte))")
        }
    }

    private mutating func endString(_ text: [UInt8]) {
        state = .ground
        let string = String(decoding: text, as: UTF8.self)
        if string.hasPrefix("52;c;") {
            clipboard.append(String(string.dropFirst(5)))
        } else {
            unknown.append("OSC \(string)")
        }
    }

    private mutating func perform(_ parameters: String, final: UInt8) {
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        switch final {
        case UInt8(ascii: "H") where parameters.isEmpty: move(0, 0)
        case UInt8(ascii: "H") where numbers.count == 2: move((numbers[0] ?? 1) - 1, (numbers[1] ?? 1) - 1)
        case UInt8(ascii: "J") where parameters == "2": clear(from: 0)
        case UInt8(ascii: "J") where parameters.isEmpty: clear(from: cursor.row * columns + cursor.column)
        case UInt8(ascii: "K") where parameters.isEmpty:
            for column in cursor.column..<columns { cells[cursor.row][column] = erased }
        case UInt8(ascii: "r") where parameters.isEmpty:
            region = 0..<rows
            move(0, 0)
        case UInt8(ascii: "r") where numbers.count == 2:
            let top = max(0, (numbers[0] ?? 1) - 1)
            let bottom = min(rows, numbers[1] ?? rows)
            if top < bottom - 1 { region = top..<bottom }
            move(0, 0)
        case UInt8(ascii: "m"): select(numbers)
        case UInt8(ascii: "h"), UInt8(ascii: "l"): setMode(parameters, final == UInt8(ascii: "h"))
        default: unknown.append("CSI \(parameters)\(Unicode.Scalar(final))")
        }
    }

    private mutating func setMode(_ parameters: String, _ isOn: Bool) {
        guard parameters.hasPrefix("?"), let mode = Int(parameters.dropFirst()),
            [1, 7, 25, 1000, 1006, 1049, 2004].contains(mode)
        else {
            unknown.append("CSI \(parameters)\(isOn ? "h" : "l")")
            return
        }
        if mode == 1049, isOn, behind == nil {
            (behind, cursorBehind) = (cells, cursor)
            cells = MiniScreen.blank(rows, columns)
        } else if mode == 1049, !isOn, let first = behind {
            (cells, behind) = (first, nil)
            move(cursorBehind.row, cursorBehind.column)
        }
        if isOn { modes.insert(mode) } else { modes.remove(mode) }
    }

    private mutating func select(_ numbers: [Int?]) {
        var rest = numbers.map { $0 ?? 0 }[...]
        if rest.isEmpty { look = Look() }
        while let number = rest.popFirst() {
            switch number {
            case 0: look = Look()
            case 1: look.bold = true
            case 2: look.dim = true
            case 3: look.italic = true
            case 4: look.underline = true
            case 7: look.reverse = true
            case 23: look.italic = false
            case 24: look.underline = false
            case 39: look.foreground = nil
            case 49: look.background = nil
            case 38 where rest.count >= 2 && rest.first == 5:
                look.foreground = rest.dropFirst().first
                rest = rest.dropFirst(2)
            case 48 where rest.count >= 2 && rest.first == 5:
                look.background = rest.dropFirst().first
                rest = rest.dropFirst(2)
            default: unknown.append("SGR \(number)")
            }
        }
    }

    private mutating func draw(_ scalar: Unicode.Scalar) {
        let width = Int(ctestsupport_wcwidth(scalar.value))
        let properties = scalar.properties
        guard width >= 0, !properties.isDefaultIgnorableCodePoint, properties.generalCategory != .format else {
            unknown.append("U+" + String(scalar.value, radix: 16) + " in text")
            return
        }
        guard width > 0 else {
            let last = isWrapDue ? cursor.column : cursor.column - 1
            guard let column = [last, last - 1].first(where: { $0 >= 0 && !cells[cursor.row][$0].text.isEmpty }) else {
                unknown.append("a mark on nothing")
                return
            }
            cells[cursor.row][column].text.unicodeScalars.append(scalar)
            return
        }
        if isWrapDue || cursor.column + width > columns, modes.contains(7) {
            move(cursor.row, 0)
            lineFeed()
        }
        if cursor.column + width > columns { cursor.column = columns - width }
        put(String(scalar), width)
        let next = cursor.column + width
        isWrapDue = next == columns && modes.contains(7)
        cursor.column = min(next, columns - 1)
    }

    private mutating func put(_ text: String, _ width: Int) {
        var row = cells[cursor.row]
        let end = cursor.column + width
        if row[cursor.column].text.isEmpty { row[cursor.column - 1].text = " " }
        if end < columns, row[end].text.isEmpty { row[end].text = " " }
        row[cursor.column] = Cell(text: text, look: look)
        if width == 2 { row[cursor.column + 1] = Cell(text: "", look: look) }
        cells[cursor.row] = row
    }

    /// A cell that has been erased: with the background of now.
    private var erased: Cell {
        var cell = Cell()
        cell.look.background = look.background
        return cell
    }

    private mutating func clear(from index: Int) {
        for index in index..<(rows * columns) { cells[index / columns][index % columns] = erased }
    }

    private mutating func move(_ row: Int, _ column: Int) {
        cursor = (max(0, min(row, rows - 1)), max(0, min(column, columns - 1)))
        isWrapDue = false
    }

    private mutating func lineFeed() {
        if cursor.row == region.upperBound - 1 {
            cells.remove(at: region.lowerBound)
            cells.insert(Array(repeating: erased, count: columns), at: region.upperBound - 1)
        } else {
            cursor.row = min(cursor.row + 1, rows - 1)
        }
        isWrapDue = false
    }

    private mutating func reverseLineFeed() {
        if cursor.row == region.lowerBound {
            cells.remove(at: region.upperBound - 1)
            cells.insert(Array(repeating: erased, count: columns), at: region.lowerBound)
        } else {
            cursor.row = max(cursor.row - 1, 0)
        }
        isWrapDue = false
    }
}
