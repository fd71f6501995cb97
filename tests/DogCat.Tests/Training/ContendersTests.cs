using DogCat.Commands;
using DogCat.Data;
using DogCat.Training;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Tests.Training;

public class ContendersTests
{
    [Fact]
    public void The_names_are_the_same_on_every_host()
    {
        string[] names = ["SoftmaxCrossEntropy", "SigmoidCrossEntropy", "LbfgsMaximumEntropy", "LbfgsLogisticRegression", "SdcaMaximumEntropy", "SymbolicSgdLogisticRegression", "ImageClassification"];
        Assert.Equal(names, Contenders.All.Select(c => c.Name));
        Assert.Equal(names, Contenders.Usual.Select(c => c.Name));
        Assert.Equal(names, Contenders.Named(names.Select(n => n.ToUpperInvariant())).Select(c => c.Name));
    }

    [Fact]
    public void What_takes_long_and_a_network_is_left_out_unless_named()
    {
        var contender = Assert.IsType<MissingContender>(Contenders.Usual[^1]);
        Assert.Equal(Contenders.ImageClassification, contender.Name);
        Assert.NotEmpty(contender.Reason);
    }

    [Fact]
    public void A_contender_that_is_missing_says_why()
    {
        var contender = new MissingContender("Somebody", "it is not here");
        Assert.Equal("it is not here", LeftOut(contender).Message);
    }

    /// <summary>As the runtime and ML.NET have it: the message goes on for lines, and a type's first use wraps it.</summary>
    [Fact]
    public void A_missing_native_library_is_named_in_one_line()
    {
        var notFound = new DllNotFoundException("Unable to load shared library 'SymSgdNative' or one of its dependencies.\n/somewhere/SymSgdNative.so: cannot open\n/elsewhere");
        foreach (var exception in (Exception[])[notFound, new TypeInitializationException("Native", notFound)])
        {
            var leftOut = LeftOut(Throwing(exception));
            Assert.Equal("its native library 'SymSgdNative' is not on this machine", leftOut.Message);
            Assert.Same(exception, leftOut.InnerException);
        }
    }

    [Fact]
    public void Other_exceptions_are_not_hidden()
    {
        var bug = new InvalidOperationException("a bug");
        Assert.Same(bug, Assert.Throws<InvalidOperationException>(() => Run(Throwing(bug))));
        var wrapped = new TypeInitializationException("Native", bug);
        Assert.Same(wrapped, Assert.Throws<TypeInitializationException>(() => Run(Throwing(wrapped))));
    }

    [Fact]
    public void Models_that_take_no_features_are_not_saved()
    {
        var data = new DataOptions(Images: null, Count: 100, Seed: 1, Cache: null);
        var options = new TrainOptions(data, [Throwing(new InvalidOperationException()), new OfPictures()], false, false, "model.zip", null);
        var message = Assert.Throws<UserException>(options.Check).Message;
        Assert.Contains("OfPictures", message, StringComparison.Ordinal);
        (options with { Save = null }).Check();
    }

    private static BinaryContender Throwing(Exception exception) => new("Somebody", _ => throw exception);

    private static LeftOutException LeftOut(Contender contender) => Assert.Throws<LeftOutException>(() => Run(contender));

    private static void Run(Contender contender)
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(Array.Empty<PictureRow>());
        contender.Run(new TrainerSetup(ml, Rows: 0, new Progress<EpochReport>()), rows, rows);
    }

    private sealed record OfPictures() : Contender(nameof(OfPictures))
    {
        public override bool TakesFeatures => false;

        protected override IEstimator<ITransformer> Pipeline(TrainerSetup setup) => throw new NotSupportedException();

        protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) => throw new NotSupportedException();

        protected override IEnumerable<double> ProbabilitiesOfDog(IDataView scored) => throw new NotSupportedException();
    }
}
