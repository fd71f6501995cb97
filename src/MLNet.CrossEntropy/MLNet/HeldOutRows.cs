using Microsoft.ML;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Takes the rows that a split holds out from a cursor, and keeps them.</summary>
internal sealed class HeldOutRows
{
    private readonly Func<bool> _isHeldOut;
    private readonly RowBlockBuilder _builder;
    private readonly TrainingRowReader _reader;

    public HeldOutRows(DataViewRowCursor cursor, TrainingColumns columns, ValidationSplit split)
    {
        _isHeldOut = split.Open(cursor);
        _builder = columns.NewBuilder();
        _reader = new TrainingRowReader(cursor, columns, _builder);
    }

    /// <summary>Reads the cursor's current row if it is held out; returns whether it is.</summary>
    public bool TryRead()
    {
        if (!_isHeldOut())
            return false;
        _reader.ReadRow();
        return true;
    }

    /// <summary>The rows that were held out.</summary>
    /// <exception cref="InvalidOperationException">None was usable.</exception>
    public TrainingRows Build()
    {
        var tally = _reader.Tally("validation");
        return new TrainingRows(_builder.Build(), tally);
    }
}
