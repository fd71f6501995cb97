using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The rows of a source in random order: drawn from a pool that the next rows of the source refill.</summary>
internal sealed class ShuffledDataView : IDataView
{
    private readonly IDataView _source;
    private readonly int _seed;
    private readonly int _poolSize;
    private readonly bool _shuffleSource;

    internal ShuffledDataView(IDataView source, int seed, int poolSize, bool shuffleSource)
    {
        _source = source;
        _seed = seed;
        _poolSize = poolSize;
        _shuffleSource = shuffleSource;
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _source.GetRowCount();

    /// <summary>Without <paramref name="rand"/> every cursor has the same order.</summary>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        rand ??= new TauswortheHybrid(_seed);
        // Drawn even if the source cannot shuffle, as ML.NET does: the pool's draws come after it.
        Random sourceRand = _shuffleSource ? new TauswortheHybrid(rand) : null;
        DataViewRowCursor input = _source.GetRowCursor(needed, sourceRand);
        return _poolSize == 1 ? input : new Cursor(input, needed, _poolSize, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : StoredCursor
    {
        private readonly DataViewRowCursor _input;
        private readonly Random _rand;
        private readonly Action<int>[] _fills;
        private readonly ValueGetter<DataViewRowId> _inputId;
        private readonly DataViewRowId[] _ids;

        // The pool's slots in the order that their rows arrived, but for what the draws have swapped: a ring from _front on.
        private readonly int[] _ring;
        private int _front = -1;
        private int _live;
        private bool _inputEnded;

        public Cursor(DataViewRowCursor input, DataViewSchema.Column[] columns, int poolSize, Random rand)
            : this(input, columns, poolSize, rand, columns.DistinctBy(column => column.Index).ToDictionary(column => column.Index, column => ColumnStore.Create(column.Type)))
        {
        }

        private Cursor(DataViewRowCursor input, DataViewSchema.Column[] columns, int poolSize, Random rand, Dictionary<int, ColumnStore> stores)
            : base(input.Schema, columns, index => stores[index])
        {
            _input = input;
            _rand = rand;
            _fills = [.. stores.Select(store => store.Value.CreateFill(input, input.Schema[store.Key]))];
            _inputId = input.GetIdGetter();
            _ids = new DataViewRowId[poolSize];
            _ring = [.. Enumerable.Range(0, poolSize)];
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _ids[CurrentSlot];

        protected override bool MoveNextCore()
        {
            if (_front >= 0 && _live > 0)
                _live--;
            _front = (_front + 1) % _ring.Length;
            while (_live < _ring.Length && !_inputEnded)
                Refill();
            if (_live == 0)
                return false;
            int drawn = (_front + _rand.Next(_live)) % _ring.Length;
            (_ring[_front], _ring[drawn]) = (_ring[drawn], _ring[_front]);
            Slot = _ring[_front];
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _input.Dispose();
            base.Dispose(disposing);
        }

        private void Refill()
        {
            if (!_input.MoveNext())
            {
                _inputEnded = true;
                return;
            }
            int slot = _ring[(_front + _live) % _ring.Length];
            foreach (Action<int> fill in _fills)
                fill(slot);
            _inputId(ref _ids[slot]);
            _live++;
        }
    }
}
