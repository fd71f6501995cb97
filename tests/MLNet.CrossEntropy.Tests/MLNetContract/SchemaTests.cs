using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Tests.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>Schemas, annotations, and the environment: how columns are found, classes named, seeds drawn and messages heard.</summary>
public class SchemaTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void The_last_column_of_a_name_hides_the_others()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("A", NumberDataViewType.Single);
        builder.AddColumn("B", NumberDataViewType.Int32);
        builder.AddColumn("A", TextDataViewType.Instance);
        var schema = builder.ToSchema();
        Assert.Equal([true, false, false], schema.Select(column => column.IsHidden));
        Assert.Equal((2, TextDataViewType.Instance), (schema["A"].Index, schema["A"].Type));
        Assert.Null(schema.GetColumnOrNull("Nope"));
        Assert.Contains("'Nope'", Assert.Throws<ArgumentOutOfRangeException>(() => schema["Nope"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slot_names_and_key_values_count_only_when_they_fit_the_column()
    {
        string[] names = ["a", "b"];
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Named", new VectorDataViewType(NumberDataViewType.Single, 2), InMemoryView.Names("SlotNames", names));
        builder.AddColumn("WrongCount", new VectorDataViewType(NumberDataViewType.Single, 3), InMemoryView.Names("SlotNames", names));
        builder.AddColumn("Key", new KeyDataViewType(typeof(uint), 2), InMemoryView.Names("KeyValues", names));
        builder.AddColumn("NoKey", NumberDataViewType.UInt32, InMemoryView.Names("KeyValues", names));
        var schema = builder.ToSchema();
        Assert.Equal([true, false, false, false], schema.Select(column => column.HasSlotNames()));
        Assert.Equal([false, false, true, false], schema.Select(column => column.HasKeyValues()));
    }

    [Fact]
    public void Scores_of_classes_named_by_text_have_slot_names()
        => Assert.Equal(
            """
            PredictedLabel: Key<UInt32, 0-2>
              KeyValues: Vector<String, 3> = setosa|versicolor|virginica
              ScoreColumnKind: String = MulticlassClassification
              ScoreColumnSetId: Key<UInt32, 0-2147483646> = 1
              ScoreValueKind: String = PredictedLabel
            Score: Vector<Single, 3>
              ScoreColumnKind: String = MulticlassClassification
              ScoreColumnSetId: Key<UInt32, 0-2147483646> = 1
              ScoreValueKind: String = Score
              SlotNames: Vector<String, 3> = setosa|versicolor|virginica
              TrainingLabelValues: Vector<String, 3> = setosa|versicolor|virginica
            """,
            SchemaOfLbfgs(nameof(Dataset.Example.Class)), ignoreLineEndingDifferences: true);

    [Fact]
    public void Scores_of_classes_named_by_numbers_have_none()
        => Assert.Equal(
            """
            PredictedLabel: Key<UInt32, 0-2>
              KeyValues: Vector<Int32, 3> = 0|10|20
              ScoreColumnKind: String = MulticlassClassification
              ScoreColumnSetId: Key<UInt32, 0-2147483646> = 1
              ScoreValueKind: String = PredictedLabel
            Score: Vector<Single, 3>
              ScoreColumnKind: String = MulticlassClassification
              ScoreColumnSetId: Key<UInt32, 0-2147483646> = 1
              ScoreValueKind: String = Score
              TrainingLabelValues: Vector<Int32, 3> = 0|10|20
            """,
            SchemaOfLbfgs(nameof(Dataset.Example.ClassNumber)), ignoreLineEndingDifferences: true);

    [Fact]
    public void A_second_scorer_has_its_own_set_of_columns()
    {
        var data = Dataset.Iris.View(_ml);
        var trainer = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("ClassIndex");
        var twice = trainer.Append(trainer).Fit(data).Transform(data);
        Assert.Equal([1u, 2u], twice.Schema.Where(column => column.Name == "Score").Select(SetId));

        static uint SetId(DataViewSchema.Column column)
        {
            uint id = 0;
            column.Annotations.GetValue("ScoreColumnSetId", ref id);
            return id;
        }
    }

    [Fact]
    public void A_builtin_trainer_says_what_column_it_misses()
    {
        var view = NamedIris.View();
        var label = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Species").Fit(view));
        Assert.Equal("Schema mismatch for label column 'Species': expected Key<UInt32>, got String (Parameter 'labelCol')", label.Message);
        var features = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsSecond", "Nope").Fit(view));
        Assert.Equal("Could not find feature column 'Nope' (Parameter 'inputSchema')", features.Message);
    }

    /// <summary>A fit without a seed of its own takes the context's, so the same seed is the same fit in every version.</summary>
    [Fact]
    public void A_context_s_seed_fixes_the_random_numbers_of_its_hosts()
    {
        var random = ((IHostEnvironment)new MLContext(seed: 42)).Register("A").Rand;
        Assert.Equal(460262708, random.Next());
        Assert.Equal(84, random.Next(1000));
        Assert.Equal(-5, random.Next(-5, 5));
        Assert.Equal(0.34562334860675037, random.NextDouble());
    }

    [Fact]
    public void Messages_arrive_at_the_log_with_their_source_and_kind()
    {
        var log = new List<LoggingEventArgs>();
        _ml.Log += (_, message) => log.Add(message);
        using (var channel = ((IHostEnvironment)_ml).Register("Trainer").Start("Training"))
            channel.Warning(MessageSensitivity.None, "plain {0}");
        var warning = Assert.Single(log, message => message.Kind == ChannelMessageKind.Warning);
        Assert.Equal("[Source=Trainer; Training, Kind=Warning] plain {0}", warning.Message);
        Assert.Equal("plain {0}", warning.RawMessage);
    }

    /// <summary>The columns that a built-in multiclass trainer adds for a label of <paramref name="column"/>.</summary>
    private string SchemaOfLbfgs(string column)
    {
        var data = Dataset.Iris.View(_ml);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", column)
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        var text = SchemaText.Of(pipeline.Fit(data).Transform(data).Schema);
        return text[text.IndexOf("PredictedLabel", StringComparison.Ordinal)..];
    }
}
