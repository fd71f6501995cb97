using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.Host.Tests.Transforms;

/// <summary>Custom mappings: computed lazily, once a row, and saved only under a contract name.</summary>
public class CustomMappingTests
{
    private const string Contract = "Hypotenuse";

    [Fact]
    public void The_code_runs_once_a_row_and_only_when_asked()
    {
        var ml = new MLContext(seed: 1);
        var runs = 0;
        void Count(Sides sides, Triangle triangle)
        {
            runs++;
            HypotenuseFactory.Map(sides, triangle);
        }

        var data = Load(ml);
        var mapped = ml.Transforms.CustomMapping<Sides, Triangle>(Count, contractName: null).Fit(data).Transform(data);
        Assert.Equal(["A", "B", "Hypotenuse", "Name"], mapped.Schema.Select(column => column.Name));
        Assert.Equal([3, 5], mapped.GetColumn<float>("A"));
        Assert.Equal(0, runs);
        Triangle[] triangles = [.. ml.Data.CreateEnumerable<Triangle>(mapped, reuseRowObject: false)];
        Assert.Equal([5, 13], triangles.Select(triangle => triangle.Hypotenuse));
        Assert.Equal(["3-4", "5-12"], triangles.Select(triangle => triangle.Name));
        Assert.Equal(2, runs);
    }

    [Fact]
    public void Without_a_contract_name_it_cannot_be_saved()
    {
        var ml = new MLContext(seed: 1);
        var data = Load(ml);
        var model = ml.Transforms.CustomMapping<Sides, Triangle>(HypotenuseFactory.Map, contractName: null).Fit(data);
        using var stream = new MemoryStream();
        var thrown = Assert.Throws<InvalidOperationException>(() => ml.Model.Save(model, data.Schema, stream));
        Assert.Equal("Empty contract name for a transform: the transform cannot be saved", thrown.Message);
    }

    [Fact]
    public void With_a_contract_name_it_is_found_again()
    {
        var ml = new MLContext(seed: 1);
        var data = Load(ml);
        var model = ml.Transforms.CustomMapping(new HypotenuseFactory().GetMapping(), Contract).Fit(data);
        using var stream = new MemoryStream();
        ml.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        var fresh = new MLContext(seed: 1);
        fresh.ComponentCatalog.RegisterAssembly(typeof(HypotenuseFactory).Assembly);
        var loaded = fresh.Model.Load(stream, out _);
        Assert.Equal([5, 13], loaded.Transform(data).GetColumn<float>("Hypotenuse"));
    }

    [Fact]
    public void Its_input_columns_must_be_there()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new Triangle { Hypotenuse = 1, Name = "" }]);
        var estimator = ml.Transforms.CustomMapping<Sides, Triangle>(HypotenuseFactory.Map, contractName: null);
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(data));
    }

    private static IDataView Load(MLContext ml) => ml.Data.LoadFromEnumerable([new Sides { A = 3, B = 4 }, new Sides { A = 5, B = 12 }]);

    internal sealed class Sides
    {
        public float A { get; set; }

        public float B { get; set; }
    }

    internal sealed class Triangle
    {
        public float Hypotenuse { get; set; }

        public string Name { get; set; } = "";
    }

    [CustomMappingFactoryAttribute(Contract)]
    private sealed class HypotenuseFactory : CustomMappingFactory<Sides, Triangle>
    {
        public static void Map(Sides sides, Triangle triangle)
        {
            triangle.Hypotenuse = MathF.Sqrt(sides.A * sides.A + sides.B * sides.B);
            triangle.Name = $"{sides.A}-{sides.B}";
        }

        public override Action<Sides, Triangle> GetMapping() => Map;
    }
}
