using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The lines of text files as rows. Fields are split line by line and parsed when they are asked for.</summary>
internal sealed class TextDataView : IDataView
{
    private readonly IHost _host;
    private readonly TextFormat _format;
    private readonly TextColumn[] _columns;
    private readonly IMultiStreamSource _source;

    internal TextDataView(IHost host, TextFormat format, TextColumn[] columns, IMultiStreamSource source)
    {
        _host = host;
        _format = format;
        _columns = columns;
        _source = source;
        Schema = TextColumn.ToSchema(columns);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(this, new ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private IEnumerable<(long Number, string Text)> DataLines()
    {
        long left = _format.MaxRows;
        for (int file = 0; file < _source.Count && left > 0; file++)
        {
            using TextReader reader = _source.OpenTextReader(file);
            // The first item is the header or its absence.
            foreach ((long Number, string Text) line in _format.Lines(reader).Skip(1))
            {
                if (left-- <= 0)
                    yield break;
                yield return line;
            }
        }
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private const int MaxMessages = 10;

        private readonly TextDataView _view;
        private readonly ActiveColumns _active;
        private readonly Delegate[] _getters;
        private readonly IEnumerator<(long Number, string Text)> _lines;
        private readonly TextFields _fields;
        private readonly int _lastField;
        private long _position = -1;
        private long _reports;

        public Cursor(TextDataView view, ActiveColumns active)
        {
            _view = view;
            _active = active;
            _fields = new TextFields(view._format);
            _lines = view.DataLines().GetEnumerator();
            _getters = new Delegate[view._columns.Length];
            for (int i = 0; i < _getters.Length; i++)
            {
                if (!active[i])
                    continue;
                _lastField = Math.Max(_lastField, view._columns[i].LastField);
                _getters[i] = CreateGetter(view._columns[i]);
            }
        }

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => _view.Schema;

        public override bool MoveNext()
        {
            if (!_lines.MoveNext())
            {
                _position = -1;
                return false;
            }
            _position++;
            _fields.Split(_lines.Current.Text, _lastField);
            if (_fields.IllegalQuoting)
                Report(ChannelMessageKind.Warning, $"Format error at line {_lines.Current.Number}: Illegal quoting");
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
        {
            CheckRow();
            value = new DataViewRowId((ulong)_position, 0);
        };

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            _active.CheckContains(column);
            return Getters.Cast<TValue>(_getters[column.Index], column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _lines.Dispose();
            base.Dispose(disposing);
        }

        private void CheckRow()
        {
            if (_position < 0)
                throw new InvalidOperationException(Data.Getters.NoRow);
        }

        private Delegate CreateGetter(TextColumn column)
        {
            PrimitiveDataViewType item = column.Type.GetItemType();
            if (item is TextDataViewType)
            {
                Func<int, ReadOnlyMemory<char>> read = position => position < 0 ? default : _fields[position];
                return column.Type is VectorDataViewType ? VectorGetter(column, read, emptyMatters: false) : ScalarGetter(column, read);
            }
            return Data.Getters.Invoke<Delegate>(ParsedGetter<int>, item.RawType, column, item);
        }

        private Delegate ParsedGetter<T>(TextColumn column, PrimitiveDataViewType item)
        {
            var parse = (TextNumbers.Parser<T>)_view._format.Numbers.ParserOf(item);
            bool hasMissing = item is KeyDataViewType || item.RawType == typeof(float) || item.RawType == typeof(double);
            T Read(int position)
            {
                ReadOnlySpan<char> text = position < 0 ? default : _fields[position].Span;
                if (!parse(text, out T value))
                    ReportBadValue(column, text, hasMissing);
                return value;
            }
            return column.Type is VectorDataViewType ? VectorGetter(column, Read, _view._format.Numbers.EmptyMatters(item)) : ScalarGetter(column, Read);
        }

        /// <param name="column">The column.</param>
        /// <param name="read">The value of the field at a position of <see cref="_fields"/>, or of an empty field (-1).</param>
        private ValueGetter<T> ScalarGetter<T>(TextColumn column, Func<int, T> read)
        {
            int field = column.Segments[0].Min;
            return (ref T value) =>
            {
                CheckRow();
                int position = _fields.FirstAtOrAfter(field);
                value = read(position < _fields.Count && _fields.Indices[position] == field ? position : -1);
            };
        }

        private ValueGetter<VBuffer<T>> VectorGetter<T>(TextColumn column, Func<int, T> read, bool emptyMatters) => (ref VBuffer<T> value) =>
        {
            CheckRow();
            int length = 0;
            int count = 0;
            foreach (TextColumn.Segment segment in column.Segments)
            {
                int end = End(segment);
                length += end - segment.Min;
                count += _fields.FirstAtOrAfter(end) - _fields.FirstAtOrAfter(segment.Min);
            }
            // As in ML.NET, a vector is sparse while at most half of its fields are given.
            bool isDense = emptyMatters || count > length / 2;
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, length, isDense ? length : count);
            if (isDense && count < length)
                editor.Values.Fill(emptyMatters ? read(-1) : default);
            int start = 0;
            int next = 0;
            foreach (TextColumn.Segment segment in column.Segments)
            {
                int end = End(segment);
                for (int position = _fields.FirstAtOrAfter(segment.Min); position < _fields.Count && _fields.Indices[position] < end; position++)
                {
                    int slot = start + _fields.Indices[position] - segment.Min;
                    editor.Values[isDense ? slot : next] = read(position);
                    if (!isDense && count < length)
                        editor.Indices[next++] = slot;
                }
                start += end - segment.Min;
            }
            value = editor.Commit();
        };

        private int End(TextColumn.Segment segment) => segment.IsVariable ? Math.Max(segment.Min, _fields.Size) : segment.End;

        private void ReportBadValue(TextColumn column, ReadOnlySpan<char> text, bool hasMissing)
        {
            long line = _lines.Current.Number;
            if (!hasMissing)
                throw new InvalidOperationException($"Could not parse value {text} in line {line}, column {column.Name}");
            Report(ChannelMessageKind.Info, $"  Bad value at line {line} in column {column.Name}");
        }

        private void Report(ChannelMessageKind kind, string message)
        {
            if (++_reports > MaxMessages)
                return;
            using IChannel channel = _view._host.Start("ParseStats");
            channel.Send(new ChannelMessage(kind, MessageSensitivity.Schema, message));
            if (_reports == MaxMessages)
                channel.Info("  Suppressing further messages");
        }
    }
}
