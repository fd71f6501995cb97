// Scores rows with a saved model: LoadsWithoutUs <model.zip> <column> <row> [<row> ...], a row being numbers parted by ';'.
// Prints the values of the column, one row a line, and last the assemblies of this library that were loaded (there should be none).
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
Row[] rows = [.. args[2..].Select(row => new Row
{
    Features = [.. row.Split(';').Select(number => float.Parse(number, CultureInfo.InvariantCulture))],
})];
var schema = SchemaDefinition.Create(typeof(Row));
schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
var scored = model.Transform(ml.Data.LoadFromEnumerable(rows, schema));

var lines = scored.Schema[args[1]].Type switch
{
    VectorDataViewType { ItemType: BooleanDataViewType } => scored.GetColumn<bool[]>(args[1]).Select(values => string.Join(';', values)),
    VectorDataViewType => scored.GetColumn<float[]>(args[1]).Select(values => string.Join(';', values.Select(Text))),
    TextDataViewType => scored.GetColumn<string>(args[1]),
    _ => scored.GetColumn<float>(args[1]).Select(Text),
};
foreach (string line in lines)
    Console.WriteLine(line);

string?[] ours = [.. AppDomain.CurrentDomain.GetAssemblies()
    .Select(assembly => assembly.GetName().Name)
    .Where(name => name!.Contains("CrossEntropy", StringComparison.Ordinal))];
Console.WriteLine($"ours: {string.Join(',', ours)}");

static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

internal sealed class Row
{
    public float[] Features { get; set; } = [];
}
