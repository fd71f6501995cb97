using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class ChainTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_chain_fits_its_estimators_in_order()
    {
        var order = new List<string>();
        var chain = new ReadingEstimator(_ => order.Add("first"))
            .Append(new ReadingEstimator(_ => order.Add("second")))
            .Append(new ReadingEstimator(_ => order.Add("third")));
        var model = chain.Fit(Rows());
        Assert.Equal(["first", "second", "third"], order);
        Assert.Equal(3, model.Count());
        Assert.Same(model.Last(), model.LastTransformer);
        Assert.IsType<ReadingEstimator>(chain.LastEstimator);
        Assert.Equal([1, 1, 1], model.Cast<IdentityTransformer>().Select(transformer => transformer.Transformed));
    }

    [Fact]
    public void Nothing_is_fitted_when_the_schema_does_not_suit()
    {
        var first = new ReadingEstimator();
        var chain = first.Append(new ReadingEstimator(refuses: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fit(Rows()));
        Assert.Equal(0, first.Fits);
    }

    [Fact]
    public void A_schema_shape_has_the_kinds_and_annotations_of_visible_columns()
    {
        SchemaShape? seen = null;
        var builder = new DataViewSchema.Builder();
        var spy = new ShapeSpy(shape => seen = shape);
        var data = _ml.Data.LoadFromEnumerable([new Row()]);
        builder.AddColumns(data.Schema);
        _ = new EstimatorChain<ITransformer>().Append(spy).Fit(data);
        Assert.Equal(
            ["Id Scalar Int32 False", "Key Scalar UInt32 True", "Fixed Vector Single False", "Variable VariableVector String False"],
            seen!.Select(column => $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey}"));
    }

    [Fact]
    public void A_cache_checkpoint_reads_its_source_once()
    {
        var withoutCache = 0;
        var withCache = 0;
        _ = new ReadingEstimator().Append(new ReadingEstimator(ReadTwice)).Fit(Counted(() => withoutCache++));
        _ = new ReadingEstimator().AppendCacheCheckpoint(_ml).Append(new ReadingEstimator(ReadTwice)).Fit(Counted(() => withCache++));
        Assert.Equal(2, withoutCache);
        Assert.Equal(1, withCache);
        Assert.Throws<InvalidOperationException>(() => new EstimatorChain<ITransformer>().AppendCacheCheckpoint(_ml));

        static void ReadTwice(IDataView data) => _ = data.GetColumn<int>("Id").Count() + data.GetColumn<int>("Id").Count();
    }

    [Fact]
    public void Scopes_choose_the_transformers_that_take_part()
    {
        var training = new IdentityTransformer();
        var scoring = new IdentityTransformer();
        var chain = new TransformerChain<ITransformer>()
            .Append(training, TransformerScope.TrainTest)
            .Append(scoring, TransformerScope.Scoring);
        _ = chain.Transform(Rows());
        Assert.Equal((0, 1), (training.Transformed, scoring.Transformed));
        _ = chain.Transform(Rows(), TransformerScope.Everything);
        Assert.Equal((1, 2), (training.Transformed, scoring.Transformed));
        Assert.Equal([training], chain.GetModelFor(TransformerScope.Training));
        Assert.Equal(2, chain.Count());
    }

    [Fact]
    public void Chains_are_not_changed_by_appending()
    {
        var chain = new TransformerChain<ITransformer>(new IdentityTransformer());
        var longer = chain.Append(new IdentityTransformer());
        Assert.Single(chain);
        Assert.Equal(2, longer.Count());
        Assert.Null(new TransformerChain<ITransformer>().LastTransformer);
    }

    [Fact]
    public void Disposing_of_a_chain_disposes_of_its_transformers()
    {
        var transformer = new IdentityTransformer();
        new TransformerChain<ITransformer>(transformer).Dispose();
        Assert.True(transformer.IsDisposed);
    }

    [Fact]
    public void A_fitted_transformer_can_be_watched()
    {
        IdentityTransformer? seen = null;
        var watched = new ReadingEstimator().WithOnFitDelegate(transformer => seen = transformer);
        var fitted = watched.Append(new ReadingEstimator()).Fit(Rows()).Cast<IdentityTransformer>().First();
        Assert.Same(fitted, seen);
    }

    private IDataView Rows() => _ml.Data.LoadFromEnumerable(new Row[] { new(), new() });

    private IDataView Counted(Action onEnumeration)
    {
        return _ml.Data.LoadFromEnumerable(Enumerate());

        IEnumerable<Row> Enumerate()
        {
            onEnumeration();
            yield return new Row();
        }
    }

    private sealed class ShapeSpy(Action<SchemaShape> onShape) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => new IdentityTransformer();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            onShape(inputSchema);
            return inputSchema;
        }
    }

    public sealed class Row
    {
        public int Id;

        [KeyType(4)]
        public uint Key;

        [VectorType(2)]
        public float[] Fixed = [1, 2];

        public string[] Variable = [];
    }
}
